using System.Globalization;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Tus;

/// <summary>The headers of tus 1.0.0: their names, and methods that read and write them.</summary>
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

    /// <summary>The extensions that this server supports.</summary>
    public const string Extensions =
        "creation,creation-with-upload,creation-defer-length,expiration,checksum,checksum-trailer,termination,"
        + "concatenation,concatenation-unfinished";

    private static readonly string[] s_onlyInTus =
        [Resumable, UploadDeferLength, UploadMetadata, UploadConcat, UploadChecksum];

    /// <summary>
    /// The response headers that a web page of another origin may read
    /// (<c>Access-Control-Expose-Headers</c>).
    /// </summary>
    public static readonly string[] Exposed =
    [
        Resumable, SupportedVersions, Extension, MaxSize, ChecksumAlgorithm, UploadDeferLength, UploadMetadata,
        UploadConcat, UploadExpires,
    ];

    /// <summary>Whether a request has a header or a content type that only tus has.</summary>
    public static bool AreIn(HttpRequest request) =>
        s_onlyInTus.Any(request.Headers.ContainsKey) || UploadRequests.HasType(request, OffsetContentType);

    /// <summary>
    /// Writes the version to the response to a tus request. tus requires it in every response, also
    /// in those that no tus handler writes.
    /// </summary>
    public static void TellVersion(HttpContext context)
    {
        if (context.Request.Headers.ContainsKey(Resumable))
            context.Response.Headers[Resumable] = Version;
    }

    /// <summary>Writes the capabilities of the server to the response to OPTIONS.</summary>
    public static void Discover(IHeaderDictionary headers, IngestOptions options)
    {
        headers[Resumable] = Version;
        headers[SupportedVersions] = Version;
        headers[Extension] = Extensions;
        headers[ChecksumAlgorithm] = TusChecksum.Algorithms;
        headers[MaxSize] = options.MaxUploadSize.Bytes.ToString();
    }

    /// <summary>Reads <c>Upload-Concat</c> (extension concatenation).</summary>
    /// <exception cref="ProblemException">
    /// The header is malformed, or names no part or too many.
    /// </exception>
    public static ConcatHeader Concat(IHeaderDictionary headers)
    {
        var concat = ConcatHeader.TryParse(headers[UploadConcat].ToString()) ?? throw new ProblemException(
            ProblemKind.InvalidConcat,
            "It is `partial`, or `final;` and the URLs of partial uploads with a space between them.");
        return !concat.IsFinal || concat.Urls.Count is > 0 and <= ConcatHeader.MaxParts
            ? concat
            : throw new ProblemException(
                ProblemKind.InvalidConcat, $"A final upload is made of 1 to {ConcatHeader.MaxParts} partial ones.")
                .With("maxParts", ConcatHeader.MaxParts);
    }

    /// <summary>Reads <c>Upload-Offset</c>, which tus requires in PATCH.</summary>
    /// <exception cref="ProblemException">The header is missing or malformed.</exception>
    public static long Offset(IHeaderDictionary headers) => Number(headers, UploadOffset)
        ?? throw new ProblemException(ProblemKind.InvalidOffset, "Upload-Offset must be there, and a whole number.");

    /// <summary>Reads <c>Upload-Length</c>. Returns null if the header is missing.</summary>
    /// <exception cref="ProblemException">
    /// The header is malformed, or the length exceeds the maximum.
    /// </exception>
    public static long? Length(IHeaderDictionary headers, long max)
    {
        if (!headers.ContainsKey(UploadLength))
            return null;
        var length = Number(headers, UploadLength)
            ?? throw new ProblemException(ProblemKind.InvalidLength, "Upload-Length must be a whole number of bytes.");
        UploadRequests.CheckSize(length, max);
        return length;
    }

    /// <summary>
    /// Reads the length of a new upload. Returns null if the client sends it later (extension
    /// creation-defer-length).
    /// </summary>
    /// <exception cref="ProblemException">
    /// A header is malformed, both headers are present or both are missing, or the length exceeds
    /// the maximum.
    /// </exception>
    public static long? CreationLength(IHeaderDictionary headers, long max)
    {
        var length = Length(headers, max);
        var defers = headers.TryGetValue(UploadDeferLength, out var defer);
        if (defers && defer != "1")
            throw new ProblemException(ProblemKind.InvalidLength, "Upload-Defer-Length can only be 1.");
        if (defers == length.HasValue)
        {
            throw new ProblemException(
                ProblemKind.InvalidLength, "Give Upload-Length, or Upload-Defer-Length: 1 and not both.");
        }
        return length;
    }

    // Digits only: NumberStyles.None allows neither a sign nor white space.
    private static long? Number(IHeaderDictionary headers, string name) =>
        headers[name] is [{ } text]
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
