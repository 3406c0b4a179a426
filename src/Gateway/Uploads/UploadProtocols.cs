using OrleansIngest.Gateway.Protocols.Ietf;
using OrleansIngest.Gateway.Protocols.Tus;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>How a request wants to upload.</summary>
internal enum UploadProtocol
{
    /// <summary>tus 1.0.0 (https://tus.io/protocols/resumable-upload).</summary>
    Tus,

    /// <summary>Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload).</summary>
    Ietf,

    /// <summary>A file in one ordinary request.</summary>
    Plain,
}

/// <summary>Which protocol a request speaks: its headers say so, for all share their URLs.</summary>
internal static class UploadProtocols
{
    /// <summary>
    /// What only one protocol has decides. A request to an upload with no such mark is the final form of IETF's, which has
    /// none for asking and giving up; everything else is an ordinary upload.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="creates">It goes where uploads are created, not to one.</param>
    public static UploadProtocol Of(HttpRequest request, bool creates)
    {
        if (request.Headers.ContainsKey(TusHeaders.Resumable))
            return UploadProtocol.Tus;
        if (IetfHeaders.Mark(request))
            return UploadProtocol.Ietf;
        if (TusHeaders.Mark(request)) // its version is missing, and it is told so
            return UploadProtocol.Tus;
        return !creates && request.Method is "HEAD" or "GET" or "PATCH" or "DELETE" ? UploadProtocol.Ietf : UploadProtocol.Plain;
    }
}
