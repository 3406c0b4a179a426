using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Uploads;

/// <summary>
/// Why a request for an upload is refused. A refusal is an expected answer, so it is a value.
/// </summary>
public enum RefusalReason
{
    /// <summary>The job has never had an upload with this id.</summary>
    NotFound,

    /// <summary>
    /// The id is taken by an upload with another length, SHA-256, SHA-512 or list of parts.
    /// </summary>
    DifferentUpload,

    /// <summary>The media was deleted for good.</summary>
    Deleted,

    /// <summary>The upload was given up or has failed; it may be created again.</summary>
    Ended,

    /// <summary>No byte came for too long; the upload may be created again.</summary>
    Expired,

    /// <summary>
    /// Another request holds the upload and does not release it, or it was taken over too often.
    /// </summary>
    Locked,

    /// <summary>
    /// The bytes do not have the SHA-256 or SHA-512 that was promised for the file. The upload has
    /// ended.
    /// </summary>
    HashMismatch,

    /// <summary>The job takes only JPEGs with metadata. The upload has ended.</summary>
    BadFormat,

    /// <summary>The job has as many media or bytes as it takes.</summary>
    JobFull,

    /// <summary>The device has as many open uploads as it may have.</summary>
    TooManyOpen,

    /// <summary>The upload is larger than the server takes.</summary>
    TooLarge,

    /// <summary>The upload is at another offset.</summary>
    OffsetMismatch,

    /// <summary>The upload has another length, which cannot change.</summary>
    LengthChanged,

    /// <summary>The length is less than what has arrived.</summary>
    LengthTooShort,

    /// <summary>The body is longer than the upload has room for.</summary>
    BodyTooLong,

    /// <summary>The body of a whole file does not end at the length that was said.</summary>
    InconsistentLength,

    /// <summary>A whole file has no bytes, and its protocol does not allow that.</summary>
    NoBytes,

    /// <summary>The upload has all of its bytes and takes no more.</summary>
    Complete,

    /// <summary>The upload is made of partial ones and takes no bytes itself.</summary>
    TakesNoBytes,

    /// <summary>The concatenation names a part that is not there.</summary>
    UnknownPart,

    /// <summary>
    /// The body does not have the digest that was promised for it. None of it counts.
    /// </summary>
    WrongDigest,

    /// <summary>The store has no room. What arrived safely is kept.</summary>
    StoreFull,

    /// <summary>The server is stopping. What arrived safely is kept.</summary>
    Stopping,

    /// <summary>
    /// The connection broke, another request took the upload over, or the client was silent: nobody
    /// reads an answer.
    /// </summary>
    Cut,
}

/// <summary>A refusal, with what its answer has to say.</summary>
/// <param name="Reason">Why.</param>
public sealed record UploadRefusal(RefusalReason Reason)
{
    /// <summary>The offset at which the upload is, or the body ended.</summary>
    public long? Offset { get; init; }

    /// <summary>The length that the upload has.</summary>
    public long? Length { get; init; }

    /// <summary>The hash that was promised.</summary>
    public string? Expected { get; init; }

    /// <summary>The hash that the bytes have.</summary>
    public string? Actual { get; init; }

    /// <summary>
    /// What the server takes at most: bytes of an upload, or open uploads of a device.
    /// </summary>
    public long? Most { get; init; }

    /// <summary>What the job takes at most.</summary>
    public JobLimits? Limits { get; init; }

    /// <summary>
    /// What this case has to say beyond its reason: why an upload failed, or the URL of a part.
    /// </summary>
    public string? Detail { get; init; }

    /// <summary>
    /// Whether the client or its bytes caused this. Otherwise the server or another request did,
    /// and the same request may succeed later.
    /// </summary>
    public bool IsFinal => Reason is not (
        RefusalReason.Locked or RefusalReason.StoreFull or RefusalReason.Stopping or RefusalReason.Cut
        or RefusalReason.TooManyOpen);

    /// <summary>An upload is not at the offset that a request names.</summary>
    internal static UploadRefusal WrongOffset(long actual, long asked) => new(RefusalReason.OffsetMismatch)
    {
        Offset = actual,
        Detail = $"The upload is at {actual}, not at {asked}. Ask with HEAD and go on from there.",
    };

    /// <summary>What became of a media that has no open upload and no bytes here.</summary>
    public static UploadRefusal Of(Media? media) => media switch
    {
        null => new(RefusalReason.NotFound),
        { Status: MediaStatus.Deleted } => new(RefusalReason.Deleted),
        { Failure.Reason: FailureReason.Expired } => new(RefusalReason.Expired) { Detail = media.Failure.Message },
        { Status: MediaStatus.Failed } => new(RefusalReason.Ended),
        _ => new(RefusalReason.Locked) { Detail = "The upload is just being opened or closed; try again." },
    };

    /// <summary>What a job's refusal means for an upload.</summary>
    public static UploadRefusal Of(Refusal refusal, JobLimits? limits = null) => new(refusal switch
    {
        Refusal.DifferentUpload => RefusalReason.DifferentUpload,
        Refusal.Deleted => RefusalReason.Deleted,
        Refusal.HashMismatch => RefusalReason.HashMismatch,
        Refusal.JobFull => RefusalReason.JobFull,
        Refusal.TooManyOpen => RefusalReason.TooManyOpen,
        Refusal.TakenOver => RefusalReason.Locked,
        _ => RefusalReason.Ended,
    })
    {
        Limits = limits,
        Detail = refusal == Refusal.TakenOver ? OpenUploads.Locked.Detail : null,
    };
}
