using Microsoft.Extensions.Primitives;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Gateway.Protocols.Digests;

/// <summary>
/// <c>Repr-Digest</c>: a client may promise the digest of the whole file when it creates an upload,
/// and the response to a complete upload has the digest (RFC 9530, section 3).
/// </summary>
internal sealed class ReprDigest(IMediaStore store)
{
    private const string Wanted = "Want-Repr-Digest";

    /// <summary>
    /// Adds the digests of the request's <c>Repr-Digest</c> header to a creation; without the
    /// header the creation is unchanged.
    /// </summary>
    /// <exception cref="Problems.ProblemException">
    /// The header is malformed, is announced as a trailer, or contradicts the SHA-256
    /// of the metadata.
    /// </exception>
    public static CreateUpload AddTo(HttpRequest request, CreateUpload command)
    {
        if (DigestFields.ReprDigest.IsAnnounced(request))
            throw DigestFields.ReprDigest.Invalid("must be a header here: a trailer comes too late.");
        var values = request.Headers[DigestFields.ReprDigest.Name];
        return values.Count == 0 ? command : DigestFields.ReprDigest.Parse(values).Aggregate(command, Add);
    }

    /// <summary>
    /// Adds <c>Repr-Digest</c> to the response for a complete upload: its SHA-256, or its SHA-512
    /// if the client accepts nothing else. The file must be read to compute the SHA-512, so only
    /// the request that completes the upload gets one; otherwise a client could make the server
    /// read the file again with each HEAD.
    /// </summary>
    public async Task Tell(HttpContext context, UploadStatus status)
    {
        if (status.Sha256 is not { } sha256)
            return;
        var digest = await Sha512(context, status) ?? DigestFields.Format(sha256);
        context.Response.Headers[DigestFields.ReprDigest.Name] = digest;
    }

    private static CreateUpload Add(CreateUpload command, Digest digest)
    {
        if (digest.Algorithm == DigestFields.Sha512)
            return command with { Sha512 = Convert.ToHexStringLower(digest.Value) };
        var sha256 = Sha256Hash.FromBytes(digest.Value);
        return command.Sha256 is null || command.Sha256 == sha256
            ? command with { Sha256 = sha256 }
            : throw DigestFields.ReprDigest.Invalid("says another SHA-256 than the metadata.");
    }

    private static bool WantsOnlySha512(StringValues wanted) => wanted.Count > 0
        && DigestFields.Weight(wanted, DigestFields.Sha512) > 0
        && DigestFields.Weight(wanted, DigestFields.Sha256) <= 0;

    /// <summary>
    /// Computes the SHA-512. Null if the client does not want it, or if the file cannot be read
    /// now: the upload is complete either way, so the response must not fail.
    /// </summary>
    private async Task<string?> Sha512(HttpContext context, UploadStatus status)
    {
        if (!status.HasJustCome || !WantsOnlySha512(context.Request.Headers[Wanted]))
            return null;
        try
        {
            await using var file = await store.Read(status.Content!, context.RequestAborted);
            using var hash = new RunningHash(withSha512: true);
            await hash.Append(file, cancellation: context.RequestAborted);
            return DigestFields.Format(DigestFields.Sha512, Convert.FromHexString(hash.Sha512()!));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
