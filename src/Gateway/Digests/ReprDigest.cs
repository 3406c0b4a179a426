using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;

namespace OrleansIngest.Gateway.Digests;

/// <summary>What a client promises that its whole file hashes to (RFC 9530, <c>Repr-Digest</c>).</summary>
internal static class ReprDigest
{
    /// <summary>Adds to a creation what the request's <c>Repr-Digest</c> promises; without one it stays as it is.</summary>
    /// <exception cref="Problems.ProblemException">It is malformed, or the creation has another SHA-256.</exception>
    public static CreateUpload AddTo(HttpRequest request, CreateUpload command)
    {
        var values = request.Headers[DigestFields.ReprDigest.Name];
        if (values.Count == 0)
            return command;
        foreach (var digest in DigestFields.ReprDigest.Parse(values))
            command = Add(command, digest);
        return command;
    }

    private static CreateUpload Add(CreateUpload command, Digest digest)
    {
        if (digest.Algorithm == DigestFields.Sha512)
            return command with { Sha512 = Convert.ToHexStringLower(digest.Value) };
        var sha256 = Sha256Hash.FromBytes(digest.Value);
        return command.Sha256 is null || command.Sha256 == sha256
            ? command with { Sha256 = sha256 }
            : throw DigestFields.ReprDigest.Invalid("is another SHA-256 than that of the metadata.");
    }
}
