namespace OrleansIngest.Grains.Model;

/// <summary>The status of a media in the journal.</summary>
public enum MediaStatus
{
    /// <summary>The upload has started and not ended.</summary>
    Open = 1,

    /// <summary>All bytes are durable and hashed, and were new to the job.</summary>
    Stored = 2,

    /// <summary>The media has the same bytes as a stored one of the job, and shares them.</summary>
    Duplicate = 3,

    /// <summary>
    /// The upload ended without a media, or the bytes were found damaged. The id may be created
    /// again.
    /// </summary>
    Failed = 4,

    /// <summary>The media was deleted. The id is never accepted again.</summary>
    Deleted = 5,
}

/// <summary>
/// The description of a media as the device sent it. The server neither verifies nor derives it.
/// </summary>
[GenerateSerializer, Immutable, Alias("ingest.MediaDescription")]
public sealed record MediaDescription
{
    /// <summary>An empty description.</summary>
    public static readonly MediaDescription None = new();

    /// <summary>The file name. For display; never use it as a path.</summary>
    [Id(0)] public string Filename { get; init; } = "";

    /// <summary>The media type that the device declared.</summary>
    [Id(1)] public string DeclaredType { get; init; } = "";

    /// <summary>The section of the job to which the media belongs; or empty.</summary>
    [Id(2)] public string Section { get; init; } = "";

    /// <summary>The session to which the media belongs; or empty.</summary>
    [Id(3)] public string Session { get; init; } = "";

    /// <summary>
    /// When the media was captured, in ISO 8601 with or without an offset; or empty.
    /// </summary>
    [Id(4)] public string CapturedAt { get; init; } = "";

    /// <summary>The purpose of the media, a word of the caller's choice; or empty.</summary>
    [Id(5)] public string Kind { get; init; } = "";

    /// <summary>The source of the media, a word of the caller's choice; or empty.</summary>
    [Id(6)] public string Source { get; init; } = "";
}

/// <summary>Why an upload ended without a media, or a media is damaged.</summary>
/// <param name="Reason">The kind of failure.</param>
/// <param name="Message">A description for people.</param>
/// <param name="Retryable">Whether uploading the same file again can succeed.</param>
[GenerateSerializer, Immutable, Alias("ingest.UploadFailure")]
public sealed record UploadFailure(
    [property: Id(0)] FailureReason Reason, [property: Id(1)] string Message, [property: Id(2)] bool Retryable);

/// <summary>
/// The kinds of failure. The numbers are those of the protobuf <c>UploadFailed.Reason</c>.
/// </summary>
public enum FailureReason
{
    /// <summary>The client terminated the upload.</summary>
    Terminated = 1,

    /// <summary>No byte was received for too long.</summary>
    Expired = 2,

    /// <summary>The bytes do not have the SHA-256 or SHA-512 that the device promised.</summary>
    HashMismatch = 3,

    /// <summary>The bytes were stored, and were found wrong or missing later.</summary>
    Damaged = 4,

    /// <summary>The job does not accept files of this format.</summary>
    BadFormat = 5,
}

/// <summary>
/// A media of a job: the result of all events about it. It is also a row of the table
/// <c>media</c>, from which a job is activated. Immutable, so every reference is a snapshot.
/// </summary>
[GenerateSerializer, Immutable, Alias("ingest.Media")]
public sealed record Media
{
    /// <summary>The UUID, which the device chose; unique in the job.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>The status.</summary>
    [Id(1)] public required MediaStatus Status { get; init; }

    /// <summary>The key of the device that uploads or uploaded it; or empty.</summary>
    [Id(2)] public string Device { get; init; } = "";

    /// <summary>The description that the device sent.</summary>
    [Id(3)] public MediaDescription Description { get; init; } = MediaDescription.None;

    /// <summary>
    /// The length in bytes; null while the upload is open and was started without a length.
    /// </summary>
    [Id(4)] public long? Length { get; init; }

    /// <summary>The SHA-256 that the device promised; or null.</summary>
    [Id(5)] public Sha256Hash? DeclaredSha256 { get; init; }

    /// <summary>The SHA-256 of the bytes; null until all of them were received.</summary>
    [Id(6)] public Sha256Hash? Sha256 { get; init; }

    /// <summary>
    /// The media type, detected from the bytes; empty until all of them were received.
    /// </summary>
    [Id(7)] public string MediaType { get; init; } = "";

    /// <summary>
    /// For an open media, the blob that receives the bytes. For a failed one, the blob that
    /// received them: a late command about the same upload is recognized by it.
    /// </summary>
    [Id(8)] public BlobId? Incoming { get; init; }

    /// <summary>
    /// The blob that holds the bytes; a duplicate shares that of its original. Damaged bytes are
    /// also kept, because they may be all that is left: until intact ones are uploaded or the media
    /// is deleted.
    /// </summary>
    [Id(9)] public BlobId? Content { get; init; }

    /// <summary>For a duplicate: the stored media that has the same bytes.</summary>
    [Id(10)] public Guid? DuplicateOf { get; init; }

    /// <summary>For a failed media: the reason.</summary>
    [Id(11)] public UploadFailure? Failure { get; init; }

    /// <summary>
    /// The seq of the first event about the media. Media are listed in this order.
    /// </summary>
    [Id(12)] public required long FirstSeq { get; init; }

    /// <summary>
    /// The seq of the event that started the last upload; its private part has the raw metadata. 0
    /// if there was no upload.
    /// </summary>
    [Id(15)] public long StartedSeq { get; init; }

    /// <summary>The seq of the last event about the media.</summary>
    [Id(13)] public required long LastSeq { get; init; }

    /// <summary>When the status last changed.</summary>
    [Id(14)] public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Whether all bytes are durable and hashed.</summary>
    public bool IsSafe => Status is MediaStatus.Stored or MediaStatus.Duplicate;
}
