using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Problems;

/// <summary>
/// Parses values that clients send. Methods throw a <see cref="ProblemException"/> that names the
/// value if it is malformed.
/// </summary>
internal static class Parse
{
    /// <summary>The maximum length of a text in UTF-16 code units.</summary>
    public const int MaxText = 256;

    /// <summary>The maximum length of a file name in UTF-16 code units.</summary>
    public const int MaxFilename = 1024;

    private const string MediaIds = "A media's id is a UUID, such as 0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f.";

    /// <summary>
    /// Checks a text for people: its length is limited, and it has no control characters.
    /// </summary>
    /// <param name="name">The name of the value, for the problem.</param>
    /// <param name="text">The text.</param>
    /// <param name="max">The maximum length in UTF-16 code units.</param>
    /// <param name="kind">
    /// The problem if the text is not valid; null for <see cref="ProblemKind.InvalidArgument"/>.
    /// </param>
    public static string Text(string name, string text, int max = MaxText, ProblemKind? kind = null)
    {
        if (text.Length > max)
            throw new ProblemException(kind ?? ProblemKind.InvalidArgument, $"`{name}` may have {max} characters.");
        return HasControls(text)
            ? throw new ProblemException(kind ?? ProblemKind.InvalidArgument, $"`{name}` has control characters.")
            : text;
    }

    /// <summary>The key of a job.</summary>
    public static string Job(string? text) => ValidKey("job", text);

    /// <summary>The key of a device; empty if there is none.</summary>
    public static string Device(string? text) => string.IsNullOrEmpty(text) ? "" : ValidKey("device", text);

    /// <summary>The key of a device, which must not be empty.</summary>
    public static string RequiredDevice(string? text) => ValidKey("device", text);

    /// <summary>
    /// The UUID of a media in its canonical form (RFC 9562, section 4), which is 32 hexadecimal
    /// digits and 4 hyphens.
    /// </summary>
    public static Guid Media(string? text) => Guid.TryParseExact(text, "D", out var id)
        ? id
        : throw new ProblemException(ProblemKind.InvalidId, MediaIds);

    /// <summary>The job and the media in the URL of an existing resource.</summary>
    /// <param name="job">The segment of the URL with the key of the job.</param>
    /// <param name="media">The segment of the URL with the UUID of the media.</param>
    /// <param name="notFound">
    /// The problem if a segment is malformed. It has the status 404, because no resource can have
    /// the URL. Clients do not expect 400 for a request that consists of a URL, and some repeat it.
    /// </param>
    public static (string Job, Guid Media) Url(string? job, string? media, ProblemKind notFound)
    {
        if (!Key.IsValid(job))
            throw new ProblemException(notFound, KeysOf("job"));
        return Guid.TryParseExact(media, "D", out var id) ? (job!, id) : throw new ProblemException(notFound, MediaIds);
    }

    private static bool HasControls(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
                return true;
        }
        return false;
    }

    private static string ValidKey(string what, string? key) => Key.IsValid(key)
        ? key!
        : throw new ProblemException(ProblemKind.InvalidKey, KeysOf(what));

    private static string KeysOf(string what) =>
        $"A {what}'s key is 1-64 of A-Z a-z 0-9 . _ - and begins with a letter or digit.";
}
