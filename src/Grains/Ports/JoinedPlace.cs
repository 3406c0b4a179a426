namespace OrleansIngest.Grains.Ports;

/// <summary>
/// A place that is made of others, one after another, and has no bytes of its own: where a concatenation is. It has a name,
/// for two of the same parts are two places. Written as <c>name+part+part</c>: the one kind of place that is not opaque,
/// because the store reads through it, and the journal says from it which places are needed.
/// </summary>
public sealed class JoinedPlace
{
    private const char Joint = '+';
    private const string NameFormat = "N";

    private JoinedPlace(string name, IReadOnlyList<string> parts) => (Name, Parts) = (name, parts);

    /// <summary>What tells it from all others, and is the beginning of its text.</summary>
    public string Name { get; }

    /// <summary>Its parts, in order; the same one may be there twice. None shares a file with others.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>What all texts of one begin with, and no others.</summary>
    public string Prefix => Name + Joint;

    /// <summary>A new one.</summary>
    public static JoinedPlace Of(IEnumerable<string> parts) => new(Guid.CreateVersion7().ToString(NameFormat), [.. parts]);

    /// <summary>Reads a place; null if it is not made of others.</summary>
    public static JoinedPlace? TryParse(string place) =>
        place.Contains(Joint) && place.Split(Joint) is [var name, .. var parts] && Guid.TryParseExact(name, NameFormat, out _) ? new(name, parts) : null;

    /// <summary>The same one, of which the parts are somewhere else now.</summary>
    public JoinedPlace With(IEnumerable<string> parts) => new(Name, [.. parts]);

    /// <inheritdoc/>
    public override string ToString() => string.Join(Joint, [Name, .. Parts]);
}
