using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Parts;

/// <summary>
/// tus <c>Upload-Concat</c>: <c>partial</c>, or <c>final;</c> and the URLs of partial uploads, in the order in which they make
/// the file.
/// </summary>
internal sealed class UploadConcat
{
    /// <summary>Most parts of a final.</summary>
    public const int MaxParts = 1000;

    private const string Final = "final;";
    private const int IdLength = 36;

    private static readonly UploadConcat s_none = new("", []);
    private static readonly UploadConcat s_partial = new(UploadRow.Partial, []);

    private readonly string[] _urls;

    private UploadConcat(string raw, string[] urls) => (Raw, _urls) = (raw, urls);

    /// <summary>The header as it came; empty if there was none.</summary>
    public string Raw { get; }

    /// <summary>Whether an upload is to be a part of something.</summary>
    public bool IsPartial => Raw == UploadRow.Partial;

    /// <summary>Whether it is to be made of parts.</summary>
    public bool IsFinal => _urls.Length > 0;

    /// <summary>Reads the header; an absent one is empty.</summary>
    /// <exception cref="ProblemException">It is malformed, or names too many.</exception>
    public static UploadConcat Parse(string raw)
    {
        if (raw.Length == 0)
            return s_none;
        if (raw == UploadRow.Partial)
            return s_partial;
        if (!raw.StartsWith(Final, StringComparison.Ordinal) || raw.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw Invalid("It is `partial`, or `final;` and the URLs of partial uploads with a space between them.");
        var urls = raw[Final.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return urls.Length is > 0 and <= MaxParts
            ? new UploadConcat(raw, urls)
            : throw Invalid($"A final upload is made of 1 to {MaxParts} partial ones.").With("maxParts", MaxParts);
    }

    /// <summary>The ids of a final's parts, and the URLs that name them.</summary>
    /// <exception cref="ProblemException">One is not the URL of an upload of this job.</exception>
    public IEnumerable<(Guid Id, string Url)> Parts(string job) =>
        _urls.Select(url => TryParse(url, job) is { } id ? (id, url) : throw Unknown(url));

    /// <summary>What one of the URLs names is not there.</summary>
    public static ProblemException Unknown(string url) => Invalid($"`{url}` is not a partial upload of this job, or is not there any more.").With("url", url);

    /// <summary>By which name and path a client knows this server is its network's matter: the end of a URL is ours.</summary>
    private static Guid? TryParse(string url, string job) =>
        url.Length > IdLength
        && Guid.TryParseExact(url[^IdLength..], "D", out var id)
        && url.EndsWith(UploadAnswers.Path(job, id), StringComparison.Ordinal)
            ? id
            : null;

    private static ProblemException Invalid(string detail) => new(ProblemKind.InvalidConcat, detail);
}
