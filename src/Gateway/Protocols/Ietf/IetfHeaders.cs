using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>The names of Resumable Uploads for HTTP, final form and drafts.</summary>
internal static class IetfHeaders
{
    public const string InteropVersion = "Upload-Draft-Interop-Version";
    public const string Complete = "Upload-Complete";
    public const string Incomplete = "Upload-Incomplete";
    public const string Limit = UploadHeaders.Limit;
    public const string AcceptPatch = "Accept-Patch";
    public const string PartialUpload = UploadHeaders.PartialUpload;

    /// <summary>What a web page may read of an answer, beside what tus has too.</summary>
    public static readonly string[] Exposed = [InteropVersion, Complete, Incomplete, Limit, AcceptPatch];

    private static readonly string[] s_marks = [InteropVersion, Complete, Incomplete];

    /// <summary>Whether something is there that only this protocol has.</summary>
    public static bool Mark(HttpRequest request) =>
        s_marks.Any(request.Headers.ContainsKey) || UploadRequests.HasType(request, PartialUpload);

    /// <summary>What this server can, before an upload is created.</summary>
    public static void Discover(IHeaderDictionary headers, IngestOptions options)
    {
        headers[Limit] = UploadHeaders.MaxSize(options.MaxUploadSize.Bytes);
        headers[AcceptPatch] = PartialUpload;
    }
}
