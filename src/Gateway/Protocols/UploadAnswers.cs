using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Receipts;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols;

/// <summary>Writes the parts of a response that all protocols share.</summary>
internal sealed class UploadAnswers(ReceiptSigner receipts, ReprDigest digests)
{
    /// <summary>
    /// The response headers that a web page of another origin may read
    /// (<c>Access-Control-Expose-Headers</c>).
    /// </summary>
    public static readonly string[] Exposed =
    [
        UploadHeaders.Offset, UploadHeaders.Length, UploadHeaders.Receipt, DigestFields.ReprDigest.Name,
        "Location", "Allow", "Retry-After",
    ];

    /// <summary>
    /// The URL of an upload: an absolute path without scheme and host, because behind a proxy the
    /// server does not know the host that the client uses. It begins with the path prefix of the
    /// proxy, if there is one.
    /// </summary>
    public static string Location(HttpRequest request, UploadStatus status) =>
        string.Concat(request.PathBase.ToUriComponent(), UploadPath.Of(status.Job, status.Media));

    /// <summary>Writes 201 with the URL and the state of an upload.</summary>
    public async Task Created(HttpContext context, UploadStatus status)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = Location(context.Request, status);
        await Tell(context, status);
    }

    /// <summary>
    /// Writes the offset of an upload and, if the upload is complete, its receipt and its hash.
    /// </summary>
    public async Task Tell(HttpContext context, UploadStatus status)
    {
        var headers = context.Response.Headers;
        if (!status.IsWaiting)
            headers[UploadHeaders.Offset] = status.Offset.ToString();
        if (status.Sha256 is { } sha256)
            headers[UploadHeaders.Receipt] = receipts.Sign(status.Job, status.Media, status.Offset, sha256);
        await digests.Tell(context, status);
    }
}
