using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>
/// The headers of Resumable Uploads for HTTP, in its final version and its drafts.
/// </summary>
internal static class IetfHeaders
{
    public const string InteropVersion = "Upload-Draft-Interop-Version";
    public const string Complete = "Upload-Complete";
    public const string Incomplete = "Upload-Incomplete";
    public const string Limit = UploadHeaders.Limit;
    public const string AcceptPatch = "Accept-Patch";
    public const string PartialUpload = UploadHeaders.PartialUpload;

    /// <summary>
    /// The response headers that a web page of another origin may read
    /// (<c>Access-Control-Expose-Headers</c>), without those that tus has too.
    /// </summary>
    public static readonly string[] Exposed = [InteropVersion, Complete, Incomplete, Limit, AcceptPatch];

    private static readonly string[] s_onlyInIetf = [InteropVersion, Complete, Incomplete];

    /// <summary>
    /// Whether a request has a header or a content type that only this protocol has.
    /// </summary>
    public static bool AreIn(HttpRequest request) =>
        s_onlyInIetf.Any(request.Headers.ContainsKey) || UploadRequests.HasType(request, PartialUpload);

    /// <summary>Writes the capabilities of the server to the response to OPTIONS.</summary>
    public static void Discover(IHeaderDictionary headers, IngestOptions options)
    {
        headers[Limit] = UploadHeaders.MaxSize(options.MaxUploadSize.Bytes);
        headers[AcceptPatch] = PartialUpload;
    }
}
