using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Problems;

/// <summary>Reads what callers send; what cannot be read is their problem, with its name.</summary>
internal static class Parse
{
    /// <summary>Longest free text, in characters.</summary>
    public const int MaxText = 256;

    /// <summary>Longest file name, in characters.</summary>
    public const int MaxFilename = 1024;

    private const string MediaIds = "A media's id is a UUID, such as 0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f.";

    /// <summary>Text for people: of limited length, and without control characters.</summary>
    public static string Text(string name, string text, int max = MaxText, ProblemKind? kind = null)
    {
        if (text.Length > max)
            throw new ProblemException(kind ?? ProblemKind.InvalidArgument, $"`{name}` may have {max} characters.");
        return HasControls(text)
            ? throw new ProblemException(kind ?? ProblemKind.InvalidArgument, $"`{name}` has control characters.")
            : text;
    }

    /// <summary>A job's key.</summary>
    public static string Job(string? text) => Valid("job", text);

    /// <summary>A device's key, or empty.</summary>
    public static string Device(string? text) => string.IsNullOrEmpty(text) ? "" : Valid("device", text);

    /// <summary>A device's key.</summary>
    public static string RequiredDevice(string? text) => Valid("device", text);

    /// <summary>A media's UUID in its usual form.</summary>
    public static Guid Media(string? text) => Guid.TryParseExact(text, "D", out var id)
        ? id
        : throw new ProblemException(ProblemKind.InvalidId, MediaIds);

    /// <summary>The job and the media in the URL of something that exists already.</summary>
    /// <param name="job">The job's part of the URL.</param>
    /// <param name="media">The media's part of the URL.</param>
    /// <param name="notFound">
    /// The problem if a part is malformed. It is a 404, because nothing can be there: clients do not expect 400 from a
    /// request that names nothing but a URL, and some would repeat it.
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

    private static string Valid(string what, string? key) => Key.IsValid(key)
        ? key!
        : throw new ProblemException(ProblemKind.InvalidKey, KeysOf(what));

    private static string KeysOf(string what) =>
        $"A {what}'s key is 1-64 of A-Z a-z 0-9 . _ - and begins with a letter or digit.";
}
