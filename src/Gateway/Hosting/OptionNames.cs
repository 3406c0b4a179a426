using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// The names of the options in the section <c>Ingest</c>, and the most similar name for a
/// misspelled one.
/// </summary>
internal static class OptionNames
{
    /// <summary>The prefix of an option's name on the command line.</summary>
    public const string Prefix = $"{IngestOptions.Section}:";

    /// <summary>The names of all options, without the section.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(IngestOptions).GetProperties().Where(option => option.CanWrite).Select(option => option.Name)];

    /// <summary>
    /// Whether an option has this name. Configuration keys are not case-sensitive.
    /// </summary>
    public static bool Has(string name) => All.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The option with the most similar name.</summary>
    public static string Nearest(string name) => All.MinBy(known => Distance(known, name))!;

    /// <summary>
    /// The Levenshtein distance of two names: how many letters must be added, removed or replaced
    /// to make one of the other. Case is ignored.
    /// </summary>
    public static int Distance(string one, string other)
    {
        // One row of the usual matrix: row[j] is the distance of one[..i] and other[..j].
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= other.Length; j++)
            {
                var isSame = char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]);
                var changed = diagonal + (isSame ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1));
            }
        }
        return row[^1];
    }
}
