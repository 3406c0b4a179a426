using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Receipts;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols;

/// <summary>What the answers of all protocols say about an upload.</summary>
internal sealed class UploadAnswers(ReceiptSigner receipts, ReprDigest digests)
{
    /// <summary>What a web page may read of an answer.</summary>
    public static readonly string[] Exposed =
    [
        UploadHeaders.Offset, UploadHeaders.Length, UploadHeaders.Receipt, DigestFields.ReprDigest.Name,
        "Location", "Allow", "Retry-After",
    ];

    /// <summary>
    /// The URL of an upload without the server's name, which only a proxy knows. It begins with the path below which a proxy
    /// offers the server.
    /// </summary>
    public static string Location(HttpRequest request, UploadStatus status) =>
        string.Concat(request.PathBase.ToUriComponent(), UploadPath.Of(status.Job, status.Media)); // copies nothing if there is no such path

    /// <summary>The answer to a creation: the upload, or what became of it, is there.</summary>
    public async Task Created(HttpContext context, UploadStatus status)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = Location(context.Request, status);
        await Tell(context, status);
    }

    /// <summary>Says the offset; and if the upload is complete, its receipt and hash.</summary>
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
