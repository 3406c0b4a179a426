using Microsoft.Extensions.Primitives;
using OrleansIngest.Gateway.Uploads;
using OrleansIngest.Gateway.Uploads.Bodies;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Protocols.Digests;

/// <summary>What a whole file hashes to: a client promises it when it begins, and is told it when all bytes are here.</summary>
internal sealed class ReprDigest(IMediaStore store)
{
    private const string Wanted = "Want-Repr-Digest";

    /// <summary>Adds to a creation what the request's <c>Repr-Digest</c> promises; without one it stays as it is.</summary>
    /// <exception cref="Problems.ProblemException">It is malformed, is to come when the bytes are here, or the creation has another SHA-256.</exception>
    public static CreateUpload AddTo(HttpRequest request, CreateUpload command)
    {
        if (DigestFields.ReprDigest.IsAnnounced(request))
            throw DigestFields.ReprDigest.Invalid("must be a header here: a trailer comes too late.");
        var values = request.Headers[DigestFields.ReprDigest.Name];
        return values.Count == 0 ? command : DigestFields.ReprDigest.Parse(values).Aggregate(command, Add);
    }

    /// <summary>
    /// If an upload is complete, says its SHA-256; or its SHA-512 if the client wants nothing else. For that the file is read: so only who
    /// has brought it gets one, for whoever asks could ask again and again.
    /// </summary>
    public async Task Tell(HttpContext context, UploadStatus status)
    {
        if (status.Sha256 is { } sha256)
            context.Response.Headers[DigestFields.ReprDigest.Name] = await Sha512(context, status) ?? DigestFields.Format(sha256);
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

    private static bool WantsNothingElse(StringValues wanted) => wanted.Count > 0
        && DigestFields.Weight(wanted, DigestFields.Sha512) > 0 && DigestFields.Weight(wanted, DigestFields.Sha256) <= 0;

    /// <summary>Null if it is not wanted; also if the file cannot be read now, which is no reason not to say that it is here.</summary>
    private async Task<string?> Sha512(HttpContext context, UploadStatus status)
    {
        if (!status.HasJustCome || !WantsNothingElse(context.Request.Headers[Wanted]))
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
