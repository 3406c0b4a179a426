using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Jobs;

/// <summary>Why a job says no. A refusal is an answer, not an exception.</summary>
public enum Refusal
{
    /// <summary>It says yes.</summary>
    None = 0,

    /// <summary>The id is taken by an upload with another length or SHA-256.</summary>
    DifferentUpload = 1,

    /// <summary>The media was deleted: it never comes back.</summary>
    Deleted = 2,

    /// <summary>This upload has ended, or never was; the id may be created again.</summary>
    Ended = 3,

    /// <summary>The bytes do not have the SHA-256 or SHA-512 that the device gave. The upload has ended.</summary>
    HashMismatch = 4,

    /// <summary>The job has as many media or bytes as it takes.</summary>
    JobFull = 5,

    /// <summary>Its device has as many open uploads as it may have.</summary>
    TooManyOpen = 6,

    /// <summary>Another node has taken the upload over.</summary>
    TakenOver = 7,
}

/// <summary>What <see cref="CreateUpload"/> led to.</summary>
[GenerateSerializer, Immutable, Alias("ingest.CreateReply")]
public sealed record CreateReply
{
    /// <summary>Why not, if not.</summary>
    [Id(0)] public Refusal Refusal { get; init; }

    /// <summary>The media as it is now; null if refused.</summary>
    [Id(1)] public Media? Media { get; init; }

    /// <summary>True if this command started the upload; false if it was there already.</summary>
    [Id(2)] public bool Started { get; init; }

    /// <summary>Blobs that nothing refers to any more: free them after the answer.</summary>
    [Id(3)] public IReadOnlyList<BlobId> Unneeded { get; init; } = [];

    /// <summary>With <see cref="Refusal.JobFull"/>: how much it takes.</summary>
    [Id(4)] public JobLimits? Limits { get; init; }
}

/// <summary>What <see cref="CompleteUpload"/> led to.</summary>
[GenerateSerializer, Immutable, Alias("ingest.CompleteReply")]
public sealed record CompleteReply
{
    /// <summary>Why not, if not.</summary>
    [Id(0)] public Refusal Refusal { get; init; }

    /// <summary>The media as it is now; null if refused.</summary>
    [Id(1)] public Media? Media { get; init; }

    /// <summary>With <see cref="Refusal.HashMismatch"/>: the SHA-256 that the device gave, if it gave one.</summary>
    [Id(2)] public Sha256Hash? Expected { get; init; }

    /// <summary>Blobs that nothing refers to any more: free them after the answer.</summary>
    [Id(3)] public IReadOnlyList<BlobId> Unneeded { get; init; } = [];

    /// <summary>With <see cref="Refusal.JobFull"/>: how much it takes.</summary>
    [Id(4)] public JobLimits? Limits { get; init; }
}

/// <summary>What <see cref="FailUpload"/> led to.</summary>
[GenerateSerializer, Immutable, Alias("ingest.FailReply")]
public sealed record FailReply
{
    /// <summary>Why not, if not.</summary>
    [Id(0)] public Refusal Refusal { get; init; }

    /// <summary>Blobs that nothing refers to any more: free them after the answer.</summary>
    [Id(1)] public IReadOnlyList<BlobId> Unneeded { get; init; } = [];
}

/// <summary>What <see cref="DeleteMedia"/> led to.</summary>
[GenerateSerializer, Immutable, Alias("ingest.DeleteReply")]
public sealed record DeleteReply
{
    /// <summary>All that are deleted now by this call or were before.</summary>
    [Id(0)] public required IReadOnlyList<Guid> Deleted { get; init; }

    /// <summary>The duplicate that is the original now.</summary>
    [Id(1)] public Guid? Promoted { get; init; }

    /// <summary>Blobs that nothing refers to any more: free them after the answer.</summary>
    [Id(2)] public IReadOnlyList<BlobId> Unneeded { get; init; } = [];
}

/// <summary>What <see cref="ReportBytes"/> led to.</summary>
/// <param name="Changed">The media that are damaged, or repaired, from now on; none if it was known, or nobody needs the bytes.</param>
[GenerateSerializer, Immutable, Alias("ingest.ReportReply")]
public sealed record ReportReply([property: Id(0)] IReadOnlyList<Guid> Changed);
