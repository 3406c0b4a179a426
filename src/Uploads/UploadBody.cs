using System.IO.Pipelines;

namespace OrleansIngest.Uploads;

/// <summary>The body of a request, to be added to an upload.</summary>
/// <param name="Offset">The offset in the upload at which the client believes that it is.</param>
/// <param name="Length">The upload's length, if the request says it.</param>
/// <param name="ContentLength">The body's length in bytes, if the request says it.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="Digest">
/// What the body hashes to, if the request says it. Then all of its bytes count, or none.
/// </param>
public sealed record UploadBody(
    long Offset, long? Length, long? ContentLength, PipeReader Bytes, IBodyDigest? Digest = null)
{
    /// <summary>
    /// The body comes with the request that has just created the upload. Such an upload cannot have
    /// expired, however long its creation took.
    /// </summary>
    public bool ComesWithCreation { get; init; }

    /// <summary>The upload ends with this body, whether or not its length was said.</summary>
    public bool IsLast { get; init; }

    /// <summary>The upload fails if the body is longer than the upload has room for.</summary>
    public bool MustFit { get; init; }

    /// <summary>
    /// Called again and again while the body comes; it may look how many bytes of the upload are
    /// safe.
    /// </summary>
    public Func<OpenUpload, ValueTask>? Progress { get; init; }
}
