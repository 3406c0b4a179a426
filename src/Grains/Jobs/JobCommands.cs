using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Jobs;

/// <summary>Starts an upload.</summary>
[GenerateSerializer, Immutable, Alias("ingest.CreateUpload")]
public sealed record CreateUpload
{
    /// <summary>The UUID of the media, which the device chose.</summary>
    [Id(0)] public required Guid Media { get; init; }

    /// <summary>The key of the device; or empty.</summary>
    [Id(1)] public string Device { get; init; } = "";

    /// <summary>The description that the device sent.</summary>
    [Id(2)] public MediaDescription Description { get; init; } = MediaDescription.None;

    /// <summary>The length in bytes; null if not known yet.</summary>
    [Id(3)] public long? Length { get; init; }

    /// <summary>The SHA-256 that the device promises; or null.</summary>
    [Id(4)] public Sha256Hash? Sha256 { get; init; }

    /// <summary>
    /// A new blob for the bytes, used if the command starts an upload. It is set last, because its
    /// kind depends on how the bytes are received.
    /// </summary>
    [Id(5)] public BlobId? Incoming { get; init; }

    /// <summary>
    /// The tus <c>Upload-Metadata</c> as it was received; HEAD responses repeat it.
    /// </summary>
    [Id(6)] public string RawMetadata { get; init; } = "";

    /// <summary>
    /// When the request was received, in running time (<see cref="IRunningTime"/>). The upload can
    /// expire from then on.
    /// </summary>
    [Id(7)] public TimeSpan At { get; init; }

    /// <summary>
    /// The SHA-512 that the device promises, in lower-case hexadecimal digits; or null. It is not
    /// used to find duplicates.
    /// </summary>
    [Id(8)] public string? Sha512 { get; init; }

    /// <summary>
    /// The tus <c>Upload-Concat</c> as it was received, for HEAD responses; empty if the upload is
    /// no concatenation.
    /// </summary>
    [Id(9)] public string Concat { get; init; } = "";

    /// <summary>
    /// Whether the device already has as many open uploads as it may have. Then the command may
    /// open no other, but it may repeat a creation or create a duplicate.
    /// </summary>
    [Id(10)] public bool IsOneTooMany { get; init; }

    /// <summary>The node that asks: it has the upload if it is new.</summary>
    [Id(11)] public string Node { get; init; } = "";

    /// <summary>Returns the row of the upload. <see cref="Incoming"/> must be set.</summary>
    public UploadRow ToRow(string job) => new()
    {
        Job = job,
        Media = Media,
        Incoming = Incoming!,
        Device = Device,
        Length = Length,
        RawMetadata = RawMetadata,
        DeclaredSha512 = Sha512,
        LastByteAt = At,
        Concat = Concat,
        Node = Node,
    };
}

/// <summary>
/// Completes an upload whose bytes are all durable and hashed: the media is stored or a duplicate.
/// </summary>
[GenerateSerializer, Immutable, Alias("ingest.CompleteUpload")]
public sealed record CompleteUpload
{
    /// <summary>The UUID of the media.</summary>
    [Id(0)] public required Guid Media { get; init; }

    /// <summary>
    /// The blob that received the bytes. It distinguishes this upload from an earlier one with the
    /// same id.
    /// </summary>
    [Id(1)] public required BlobId Incoming { get; init; }

    /// <summary>The blob that holds the bytes now.</summary>
    [Id(2)] public required BlobId Content { get; init; }

    /// <summary>The length in bytes.</summary>
    [Id(3)] public required long Length { get; init; }

    /// <summary>The SHA-256 of the bytes.</summary>
    [Id(4)] public required Sha256Hash Sha256 { get; init; }

    /// <summary>The media type, detected from the bytes.</summary>
    [Id(5)] public required string MediaType { get; init; }

    /// <summary>
    /// The SHA-512 that the device promised, in lower-case hexadecimal digits; or null.
    /// </summary>
    [Id(6)] public string? DeclaredSha512 { get; init; }

    /// <summary>The SHA-512 of the bytes; null if the device promised none.</summary>
    [Id(7)] public string? Sha512 { get; init; }

    /// <summary>
    /// The upload's generation: the command does nothing if another node has taken the upload over.
    /// Null if it never had a row.
    /// </summary>
    [Id(8)] public long? Generation { get; init; }
}

/// <summary>Ends an upload without a media.</summary>
[GenerateSerializer, Immutable, Alias("ingest.FailUpload")]
public sealed record FailUpload
{
    /// <summary>The UUID of the media.</summary>
    [Id(0)] public required Guid Media { get; init; }

    /// <summary>
    /// The blob that received the bytes. It distinguishes this upload from an earlier one with the
    /// same id.
    /// </summary>
    [Id(1)] public required BlobId Incoming { get; init; }

    /// <summary>The reason.</summary>
    [Id(2)] public required UploadFailure Failure { get; init; }

    /// <summary>
    /// The upload's generation: the command does nothing if another node has taken the upload over.
    /// Null if it never had a row.
    /// </summary>
    [Id(3)] public long? Generation { get; init; }
}

/// <summary>Deletes a media for good.</summary>
[GenerateSerializer, Immutable, Alias("ingest.DeleteMedia")]
public sealed record DeleteMedia
{
    /// <summary>
    /// The UUID of the media. It need not exist: then its id is not accepted later.
    /// </summary>
    [Id(0)] public required Guid Media { get; init; }

    /// <summary>Whether every other media with the same bytes is deleted as well.</summary>
    [Id(1)] public bool WithDuplicates { get; init; }

    /// <summary>The key of the device that sent the command; or empty.</summary>
    [Id(2)] public string Device { get; init; } = "";
}

/// <summary>Reports whether stored bytes were intact when they were read again.</summary>
[GenerateSerializer, Immutable, Alias("ingest.ReportBytes")]
public sealed record ReportBytes
{
    /// <summary>The blob that holds the bytes.</summary>
    [Id(0)] public required BlobId Content { get; init; }

    /// <summary>The SHA-256 that the bytes should have.</summary>
    [Id(1)] public required Sha256Hash Sha256 { get; init; }

    /// <summary>A description of the damage for people; null if the bytes are intact.</summary>
    [Id(2)] public string? Damage { get; init; }
}
