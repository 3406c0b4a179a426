using System.IO.Pipelines;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Uploads.Sessions;

namespace OrleansIngest.Gateway.Uploads.Bodies;

/// <summary>A body to be added to an upload.</summary>
/// <param name="Offset">Where the client believes that it goes.</param>
/// <param name="Length">The upload's length, if the client says it now.</param>
/// <param name="ContentLength">The body's length, if the client says it.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Digest">What they hash to, if the client says it: then all of them count, or none.</param>
internal sealed record UploadAppend(long Offset, long? Length, long? ContentLength, PipeReader Body, BodyDigest? Digest = null)
{
    /// <summary>It comes with the request that has just created the upload: that cannot have expired, however long the creation took.</summary>
    public bool ComesWithCreation { get; init; }

    /// <summary>The upload ends with the body, whether or not its length was said.</summary>
    public bool IsLast { get; init; }

    /// <summary>If the body turns out to be longer than the upload has room for, the upload has failed.</summary>
    public bool MustFit { get; init; }

    /// <summary>Looks again and again, while the body comes, how many bytes of the upload are safe.</summary>
    public Func<UploadSession, ValueTask>? Progress { get; init; }
}
