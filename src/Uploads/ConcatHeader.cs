using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

/// <summary>
/// tus <c>Upload-Concat</c> (concatenation extension): <c>partial</c>, or <c>final;</c> and the
/// URLs of partial uploads, in the order in which they make the file.
/// </summary>
public sealed class ConcatHeader
{
    /// <summary>Most parts of a final upload.</summary>
    public const int MaxParts = 1000;

    private const string Final = "final;";
    private const int IdLength = 36;

    private static readonly ConcatHeader s_none = new("", []);
    private static readonly ConcatHeader s_partial = new(UploadRow.Partial, []);

    private ConcatHeader(string raw, string[] urls) => (Raw, Urls) = (raw, urls);

    /// <summary>The header as the client sent it; empty if it sent none.</summary>
    public string Raw { get; }

    /// <summary>The URLs of the parts of a final upload.</summary>
    public IReadOnlyList<string> Urls { get; }

    /// <summary>Whether the upload is to be a part.</summary>
    public bool IsPartial => Raw == UploadRow.Partial;

    /// <summary>Whether the upload is to be made of parts.</summary>
    public bool IsFinal => Raw.Length > 0 && !IsPartial;

    /// <summary>Reads the header; an absent one is empty.</summary>
    /// <returns>Null if it is malformed. How many parts it names is not looked at.</returns>
    public static ConcatHeader? TryParse(string raw)
    {
        if (raw.Length == 0)
            return s_none;
        if (raw == UploadRow.Partial)
            return s_partial;
        if (!raw.StartsWith(Final, StringComparison.Ordinal) || raw.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return null;
        return new ConcatHeader(raw, raw[Final.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>
    /// The id in the URL of an upload of this job; null if the URL is none. The client's network
    /// decides under which name and path it knows this server, so only the end of the URL is looked
    /// at.
    /// </summary>
    internal static Guid? Id(string url, string job) =>
        url.Length > IdLength
        && Guid.TryParseExact(url[^IdLength..], "D", out var id)
        && url.EndsWith(UploadPath.Of(job, id), StringComparison.Ordinal)
            ? id
            : null;
}
