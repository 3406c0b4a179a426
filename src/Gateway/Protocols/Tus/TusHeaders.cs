using System.Globalization;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Tus;

/// <summary>The names of tus 1.0.0, and how headers are read.</summary>
internal static class TusHeaders
{
    public const string Version = "1.0.0";
    public const string Resumable = "Tus-Resumable";
    public const string SupportedVersions = "Tus-Version";
    public const string Extension = "Tus-Extension";
    public const string MaxSize = UploadHeaders.TusMaxSize;
    public const string UploadOffset = UploadHeaders.Offset;
    public const string UploadLength = UploadHeaders.Length;
    public const string UploadDeferLength = "Upload-Defer-Length";
    public const string UploadMetadata = "Upload-Metadata";
    public const string UploadConcat = "Upload-Concat";
    public const string UploadExpires = "Upload-Expires";
    public const string UploadChecksum = "Upload-Checksum";
    public const string ChecksumAlgorithm = "Tus-Checksum-Algorithm";
    public const string OffsetContentType = "application/offset+octet-stream";

    /// <summary>What this server speaks beyond the core.</summary>
    public const string Extensions =
        "creation,creation-with-upload,creation-defer-length,expiration,checksum,checksum-trailer,termination,concatenation,concatenation-unfinished";

    private static readonly string[] s_marks = [Resumable, UploadDeferLength, UploadMetadata, UploadConcat, UploadChecksum];

    /// <summary>What a web page may read of an answer.</summary>
    public static readonly string[] Exposed =
    [
        Resumable, SupportedVersions, Extension, MaxSize, ChecksumAlgorithm, UploadDeferLength, UploadMetadata, UploadConcat, UploadExpires,
    ];

    /// <summary>Whether something is there that only tus has, though its version may be missing.</summary>
    public static bool Mark(HttpRequest request) =>
        s_marks.Any(request.Headers.ContainsKey) || UploadRequests.HasType(request, OffsetContentType);

    /// <summary>Every answer to a tus request says the version, whoever gives it.</summary>
    public static void TellVersion(HttpContext context)
    {
        if (context.Request.Headers.ContainsKey(Resumable))
            context.Response.Headers[Resumable] = Version;
    }

    /// <summary>What this server can.</summary>
    public static void Discover(IHeaderDictionary headers, IngestOptions options)
    {
        headers[Resumable] = Version;
        headers[SupportedVersions] = Version;
        headers[Extension] = Extensions;
        headers[ChecksumAlgorithm] = TusChecksum.Algorithms;
        headers[MaxSize] = options.MaxUploadSize.Bytes.ToString();
    }

    /// <summary>What the request says about a concatenation.</summary>
    /// <exception cref="ProblemException">The header is malformed, or names too many parts or none.</exception>
    public static ConcatHeader Concat(IHeaderDictionary headers)
    {
        var concat = ConcatHeader.TryParse(headers[UploadConcat].ToString()) ?? throw new ProblemException(
            ProblemKind.InvalidConcat, "It is `partial`, or `final;` and the URLs of partial uploads with a space between them.");
        return !concat.IsFinal || concat.Urls.Count is > 0 and <= ConcatHeader.MaxParts
            ? concat
            : throw new ProblemException(
                ProblemKind.InvalidConcat, $"A final upload is made of 1 to {ConcatHeader.MaxParts} partial ones.")
                .With("maxParts", ConcatHeader.MaxParts);
    }

    /// <summary>The upload's offset (a must for PATCH).</summary>
    public static long Offset(IHeaderDictionary headers) => Number(headers, UploadOffset)
        ?? throw new ProblemException(ProblemKind.InvalidOffset, "Upload-Offset must be there, and a whole number.");

    /// <summary>The upload's length, or null if the header is absent.</summary>
    public static long? Length(IHeaderDictionary headers, long max)
    {
        if (!headers.ContainsKey(UploadLength))
            return null;
        var length = Number(headers, UploadLength)
            ?? throw new ProblemException(ProblemKind.InvalidLength, "Upload-Length must be a whole number of bytes.");
        UploadRequests.CheckSize(length, max);
        return length;
    }

    /// <summary>The length of an upload that is created, or null if it comes later (creation-defer-length).</summary>
    public static long? CreationLength(IHeaderDictionary headers, long max)
    {
        var length = Length(headers, max);
        var defers = headers.TryGetValue(UploadDeferLength, out var defer);
        if (defers && defer != "1")
            throw new ProblemException(ProblemKind.InvalidLength, "Upload-Defer-Length can only be 1.");
        if (defers == length.HasValue)
            throw new ProblemException(ProblemKind.InvalidLength, "Give Upload-Length, or Upload-Defer-Length: 1 and not both.");
        return length;
    }

    /// <summary>A whole number that fits; digits only, so neither a sign nor white space nor an exponent.</summary>
    private static long? Number(IHeaderDictionary headers, string name) =>
        headers[name] is [{ } text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
