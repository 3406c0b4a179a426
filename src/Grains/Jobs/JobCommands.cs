using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Jobs;

/// <summary>A device wants to upload a media: "here is what I have, where may I send it?"</summary>
[GenerateSerializer, Immutable, Alias("ingest.CreateUpload")]
public sealed record CreateUpload
{
    /// <summary>The device's UUID for the media.</summary>
    [Id(0)] public required Guid Media { get; init; }

    /// <summary>Key of the device, or empty.</summary>
    [Id(1)] public string Device { get; init; } = "";

    /// <summary>What the device says about the media.</summary>
    [Id(2)] public MediaDescription Description { get; init; } = MediaDescription.None;

    /// <summary>Bytes in all; null if not yet known.</summary>
    [Id(3)] public long? Length { get; init; }

    /// <summary>The SHA-256 that the device gives, if it does.</summary>
    [Id(4)] public Sha256Hash? Sha256 { get; init; }

    /// <summary>A new blob for the bytes, used if the upload is new. Which kind of blob is known last of all.</summary>
    [Id(5)] public BlobId? Incoming { get; init; }

    /// <summary>tus <c>Upload-Metadata</c> as it came, to be echoed by HEAD.</summary>
    [Id(6)] public string RawMetadata { get; init; } = "";

    /// <summary>When it was asked for, in running time (<see cref="IRunningTime"/>): from then on the upload waits for bytes.</summary>
    [Id(7)] public TimeSpan At { get; init; }

    /// <summary>The SHA-512 that the device gives in lower-case hexadecimal digits, if it does. No duplicate is found by it.</summary>
    [Id(8)] public string? Sha512 { get; init; }

    /// <summary>tus <c>Upload-Concat</c> as it came, to be echoed by HEAD; empty if it is no concatenation.</summary>
    [Id(9)] public string Concat { get; init; } = "";

    /// <summary>Whether its device has as many open uploads as it may have: then it can only be what opens none.</summary>
    [Id(10)] public bool IsOneTooMany { get; init; }

    /// <summary>The node that asks: it has the upload if it is new.</summary>
    [Id(11)] public string Node { get; init; } = "";

    /// <summary>The row of the upload that it starts; it has a blob by then.</summary>
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

/// <summary>All bytes of an upload are durable and hashed: is it a media, or a duplicate?</summary>
[GenerateSerializer, Immutable, Alias("ingest.CompleteUpload")]
public sealed record CompleteUpload
{
    /// <summary>The media's UUID.</summary>
    [Id(0)] public required Guid Media { get; init; }

    /// <summary>The blob that received the bytes: tells this upload from an earlier one of the same id.</summary>
    [Id(1)] public required BlobId Incoming { get; init; }

    /// <summary>The blob that holds the bytes now.</summary>
    [Id(2)] public required BlobId Content { get; init; }

    /// <summary>Bytes in all.</summary>
    [Id(3)] public required long Length { get; init; }

    /// <summary>The SHA-256 of the bytes.</summary>
    [Id(4)] public required Sha256Hash Sha256 { get; init; }

    /// <summary>The media type found from the bytes.</summary>
    [Id(5)] public required string MediaType { get; init; }

    /// <summary>The SHA-512 that the device gave in lower-case hexadecimal digits, if it gave one.</summary>
    [Id(6)] public string? DeclaredSha512 { get; init; }

    /// <summary>The SHA-512 of the bytes, if the device gave one.</summary>
    [Id(7)] public string? Sha512 { get; init; }

    /// <summary>
    /// The upload's generation: the command does nothing if another node has taken the upload over.
    /// Null if it never had a row.
    /// </summary>
    [Id(8)] public long? Generation { get; init; }
}

/// <summary>An upload ends without a media.</summary>
[GenerateSerializer, Immutable, Alias("ingest.FailUpload")]
public sealed record FailUpload
{
    /// <summary>The media's UUID.</summary>
    [Id(0)] public required Guid Media { get; init; }

    /// <summary>The blob that received its bytes: tells this upload from an earlier one of the same id.</summary>
    [Id(1)] public required BlobId Incoming { get; init; }

    /// <summary>Why.</summary>
    [Id(2)] public required UploadFailure Failure { get; init; }

    /// <summary>
    /// The upload's generation: the command does nothing if another node has taken the upload over.
    /// Null if it never had a row.
    /// </summary>
    [Id(3)] public long? Generation { get; init; }
}

/// <summary>A media is to go, for good.</summary>
[GenerateSerializer, Immutable, Alias("ingest.DeleteMedia")]
public sealed record DeleteMedia
{
    /// <summary>The media's UUID; it may never have arrived.</summary>
    [Id(0)] public required Guid Media { get; init; }

    /// <summary>Also every media with the same bytes.</summary>
    [Id(1)] public bool WithDuplicates { get; init; }

    /// <summary>Key of the device that asks, or empty.</summary>
    [Id(2)] public string Device { get; init; } = "";
}

/// <summary>Stored bytes were read again.</summary>
[GenerateSerializer, Immutable, Alias("ingest.ReportBytes")]
public sealed record ReportBytes
{
    /// <summary>The blob that holds them.</summary>
    [Id(0)] public required BlobId Content { get; init; }

    /// <summary>The SHA-256 that they should have.</summary>
    [Id(1)] public required Sha256Hash Sha256 { get; init; }

    /// <summary>Null if they are right; else what is wrong with them, for people.</summary>
    [Id(2)] public string? Damage { get; init; }
}
