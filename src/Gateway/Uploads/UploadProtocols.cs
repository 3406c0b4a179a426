using OrleansIngest.Gateway.Protocols.Ietf;
using OrleansIngest.Gateway.Protocols.Tus;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>The protocol of an upload request.</summary>
internal enum UploadProtocol
{
    /// <summary>tus 1.0.0 (https://tus.io/protocols/resumable-upload).</summary>
    Tus,

    /// <summary>Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload).</summary>
    Ietf,

    /// <summary>A whole file in one POST or PUT (RFC 9110).</summary>
    Plain,
}

/// <summary>
/// Determines the protocol of a request from its headers, because all protocols share their URLs.
/// </summary>
internal static class UploadProtocols
{
    /// <summary>
    /// Determines the protocol by the headers and content types that only one protocol has. A HEAD,
    /// GET, PATCH or DELETE without any of them belongs to the IETF protocol, whose final version
    /// has no header of its own in offset retrieval and cancellation. Every other request is an
    /// ordinary upload.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="creates">
    /// Whether the URL is one where uploads are created; otherwise it is the URL of an upload.
    /// </param>
    public static UploadProtocol Of(HttpRequest request, bool creates)
    {
        if (request.Headers.ContainsKey(TusHeaders.Resumable))
            return UploadProtocol.Tus;
        if (IetfHeaders.AreIn(request))
            return UploadProtocol.Ietf;
        // A tus request without Tus-Resumable. TusHandler refuses it and names the missing header.
        if (TusHeaders.AreIn(request))
            return UploadProtocol.Tus;
        return !creates && request.Method is "HEAD" or "GET" or "PATCH" or "DELETE"
            ? UploadProtocol.Ietf
            : UploadProtocol.Plain;
    }
}
