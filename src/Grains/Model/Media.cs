
namespace OrleansIngest.Grains.Model;

/// <summary>Where a media is in its life, as the journal knows it.</summary>
public enum MediaStatus
{
    /// <summary>Its upload has started and not ended.</summary>
    Open = 1,

    /// <summary>All bytes durable, hashed and new to the job.</summary>
    Stored = 2,

    /// <summary>Equal to a stored media of the job, whose bytes it shares.</summary>
    Duplicate = 3,

    /// <summary>Its upload ended without a media, or its bytes were found damaged; the id may be created again.</summary>
    Failed = 4,

    /// <summary>Gone for good.</summary>
    Deleted = 5,
}

/// <summary>What the device said about a media, word for word. Nothing of it is trusted or guessed.</summary>
[GenerateSerializer, Immutable, Alias("ingest.MediaDescription")]
public sealed record MediaDescription
{
    /// <summary>A description that says nothing.</summary>
    public static readonly MediaDescription None = new();

    /// <summary>The file's name: to be shown, never to be used as a path.</summary>
    [Id(0)] public string Filename { get; init; } = "";

    /// <summary>The media type that the device claims.</summary>
    [Id(1)] public string DeclaredType { get; init; } = "";

    /// <summary>The section it belongs to, or empty.</summary>
    [Id(2)] public string Section { get; init; } = "";

    /// <summary>The session it belongs to, or empty.</summary>
    [Id(3)] public string Session { get; init; } = "";

    /// <summary>When it was taken: ISO 8601, with or without an offset, or empty.</summary>
    [Id(4)] public string CapturedAt { get; init; } = "";

    /// <summary>What it is for, in the caller's words, or empty.</summary>
    [Id(5)] public string Kind { get; init; } = "";

    /// <summary>Where it comes from, in the caller's words, or empty.</summary>
    [Id(6)] public string Source { get; init; } = "";
}

/// <summary>Why an upload ended without a media.</summary>
/// <param name="Reason">The kind of failure.</param>
/// <param name="Message">For people.</param>
/// <param name="Retryable">Whether sending it again can help.</param>
[GenerateSerializer, Immutable, Alias("ingest.UploadFailure")]
public sealed record UploadFailure(
    [property: Id(0)] FailureReason Reason, [property: Id(1)] string Message, [property: Id(2)] bool Retryable);

/// <summary>The kinds of failure, with the numbers of the protobuf <c>UploadFailed.Reason</c>.</summary>
public enum FailureReason
{
    /// <summary>The client gave it up.</summary>
    Terminated = 1,

    /// <summary>No byte came for too long.</summary>
    Expired = 2,

    /// <summary>The bytes do not have the SHA-256 that the device gave.</summary>
    HashMismatch = 3,

    /// <summary>It was safe once, and its bytes were found wrong or gone.</summary>
    Damaged = 4,

    /// <summary>The bytes are not what the job takes.</summary>
    BadFormat = 5,
}

/// <summary>
/// One media of a job: the sum of its events. Immutable, so that a reference is a snapshot. It is also a row of the
/// <c>media</c> table, from which a job is activated.
/// </summary>
[GenerateSerializer, Immutable, Alias("ingest.Media")]
public sealed record Media
{
    /// <summary>The device's UUID for it, unique in the job.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>Where it is in its life.</summary>
    [Id(1)] public required MediaStatus Status { get; init; }

    /// <summary>Key of the device that sent it; empty if it gave none.</summary>
    [Id(2)] public string Device { get; init; } = "";

    /// <summary>What the device said about it.</summary>
    [Id(3)] public MediaDescription Description { get; init; } = MediaDescription.None;

    /// <summary>Bytes in all; null if the device did not know when it started.</summary>
    [Id(4)] public long? Length { get; init; }

    /// <summary>The SHA-256 that the device gave, if it gave one.</summary>
    [Id(5)] public Sha256Hash? DeclaredSha256 { get; init; }

    /// <summary>The SHA-256 of the bytes, once they are here.</summary>
    [Id(6)] public Sha256Hash? Sha256 { get; init; }

    /// <summary>The media type found from the bytes, once they are here.</summary>
    [Id(7)] public string MediaType { get; init; } = "";

    /// <summary>
    /// The blob that receives the bytes, while <see cref="MediaStatus.Open"/>; for a failed one, the blob that had received
    /// them: by it a command that comes late is known.
    /// </summary>
    [Id(8)] public BlobId? Incoming { get; init; }

    /// <summary>
    /// The blob that holds the bytes; duplicates share their original's. Damaged bytes are kept too, until better
    /// ones are here or the media is deleted: perhaps they are all that is left of a picture.
    /// </summary>
    [Id(9)] public BlobId? Content { get; init; }

    /// <summary>For a duplicate: the media whose bytes it shares.</summary>
    [Id(10)] public Guid? DuplicateOf { get; init; }

    /// <summary>For a failed one: why.</summary>
    [Id(11)] public UploadFailure? Failure { get; init; }

    /// <summary>The first event about it: the order in which media are listed.</summary>
    [Id(12)] public required long FirstSeq { get; init; }

    /// <summary>The event that started its (last) upload, whose private part has the raw metadata; 0 if there was none.</summary>
    [Id(15)] public long StartedSeq { get; init; }

    /// <summary>The last event about it.</summary>
    [Id(13)] public required long LastSeq { get; init; }

    /// <summary>When its status last changed.</summary>
    [Id(14)] public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Whether its bytes are here, durable and hashed.</summary>
    public bool IsSafe => Status is MediaStatus.Stored or MediaStatus.Duplicate;
}
