using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// Why a job refuses a command. A refusal is part of a reply, not an exception.
/// </summary>
public enum Refusal
{
    /// <summary>The command was not refused.</summary>
    None = 0,

    /// <summary>
    /// The id belongs to an upload or a media with another length or SHA-256.
    /// </summary>
    DifferentUpload = 1,

    /// <summary>The media was deleted, and its id is never accepted again.</summary>
    Deleted = 2,

    /// <summary>The upload has ended or never existed. The id may be created again.</summary>
    Ended = 3,

    /// <summary>
    /// The bytes do not have the SHA-256 or SHA-512 that the device promised. The upload has ended.
    /// </summary>
    HashMismatch = 4,

    /// <summary>The job has reached its limit of media or bytes.</summary>
    JobFull = 5,

    /// <summary>The device has reached its limit of open uploads.</summary>
    TooManyOpen = 6,

    /// <summary>Another node has taken the upload over.</summary>
    TakenOver = 7,
}

/// <summary>The reply to <see cref="CreateUpload"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.CreateReply")]
public sealed record CreateReply
{
    /// <summary>Why the command was refused, if it was.</summary>
    [Id(0)] public Refusal Refusal { get; init; }

    /// <summary>The media as it is now; null if the command was refused.</summary>
    [Id(1)] public Media? Media { get; init; }

    /// <summary>
    /// True if this command started the upload; false if it repeats an earlier one.
    /// </summary>
    [Id(2)] public bool Started { get; init; }

    /// <summary>Blobs that nothing refers to any more. The caller frees them.</summary>
    [Id(3)] public IReadOnlyList<BlobId> Unneeded { get; init; } = [];

    /// <summary>The limits of the job, with <see cref="Refusal.JobFull"/>.</summary>
    [Id(4)] public JobLimits? Limits { get; init; }
}

/// <summary>The reply to <see cref="CompleteUpload"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.CompleteReply")]
public sealed record CompleteReply
{
    /// <summary>Why the command was refused, if it was.</summary>
    [Id(0)] public Refusal Refusal { get; init; }

    /// <summary>The media as it is now; null if the command was refused.</summary>
    [Id(1)] public Media? Media { get; init; }

    /// <summary>
    /// The SHA-256 that the device promised, if it did, with <see cref="Refusal.HashMismatch"/>.
    /// </summary>
    [Id(2)] public Sha256Hash? Expected { get; init; }

    /// <summary>Blobs that nothing refers to any more. The caller frees them.</summary>
    [Id(3)] public IReadOnlyList<BlobId> Unneeded { get; init; } = [];

    /// <summary>The limits of the job, with <see cref="Refusal.JobFull"/>.</summary>
    [Id(4)] public JobLimits? Limits { get; init; }
}

/// <summary>The reply to <see cref="FailUpload"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.FailReply")]
public sealed record FailReply
{
    /// <summary>Why the command was refused, if it was.</summary>
    [Id(0)] public Refusal Refusal { get; init; }

    /// <summary>Blobs that nothing refers to any more. The caller frees them.</summary>
    [Id(1)] public IReadOnlyList<BlobId> Unneeded { get; init; } = [];
}

/// <summary>The reply to <see cref="DeleteMedia"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.DeleteReply")]
public sealed record DeleteReply
{
    /// <summary>
    /// The media that the command asked to delete. An earlier command may have deleted them.
    /// </summary>
    [Id(0)] public required IReadOnlyList<Guid> Deleted { get; init; }

    /// <summary>
    /// The duplicate that has taken the place of the deleted original; null if there was none.
    /// </summary>
    [Id(1)] public Guid? Promoted { get; init; }

    /// <summary>Blobs that nothing refers to any more. The caller frees them.</summary>
    [Id(2)] public IReadOnlyList<BlobId> Unneeded { get; init; } = [];
}

/// <summary>The reply to <see cref="ReportBytes"/>.</summary>
/// <param name="Changed">
/// The media that became damaged or were repaired. Empty if the job knew about it already, or if no
/// media has these bytes.
/// </param>
[GenerateSerializer, Immutable, Alias("ingest.ReportReply")]
public sealed record ReportReply([property: Id(0)] IReadOnlyList<Guid> Changed);
