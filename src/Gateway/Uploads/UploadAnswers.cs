using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Receipts;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>What answers of all protocols say of an upload.</summary>
internal sealed class UploadAnswers(ReceiptSigner receipts, ReprDigest digests)
{
    /// <summary>How far the upload is.</summary>
    public const string Offset = "Upload-Offset";

    /// <summary>How many bytes it has in all.</summary>
    public const string Length = "Upload-Length";

    /// <summary>Our own: proof that the server has the media.</summary>
    public const string Receipt = "Upload-Receipt";

    /// <summary>What a web page may read of an answer.</summary>
    public static readonly string[] Exposed = [Offset, Length, Receipt, DigestFields.ReprDigest.Name, "Location", "Allow", "Retry-After"];

    /// <summary>The path of an upload on this server.</summary>
    public static string Path(string job, Guid media) => $"/jobs/{job}/uploads/{media}";

    /// <summary>
    /// Where the upload lives: its path, below the one at which a proxy offers the server. Only the proxy knows the
    /// server's name.
    /// </summary>
    public static string Location(HttpRequest request, UploadStatus status) =>
        string.Concat(request.PathBase.ToUriComponent(), Path(status.Job, status.Media)); // copies nothing if there is no such path

    /// <summary>The upload, or what became of it, is there.</summary>
    public async Task Created(HttpContext context, UploadStatus status)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = Location(context.Request, status);
        await Tell(context, status);
    }

    /// <summary>How far the upload is; and when it is complete, the receipt and the hash.</summary>
    public async Task Tell(HttpContext context, UploadStatus status)
    {
        var headers = context.Response.Headers;
        if (!status.IsWaiting)
            headers[Offset] = status.Offset.ToString();
        if (status.Sha256 is { } sha256)
            headers[Receipt] = receipts.Sign(status.Job, status.Media, status.Offset, sha256);
        await digests.Tell(context, status);
    }
}
