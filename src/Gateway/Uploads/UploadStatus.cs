using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>What a client may know of its upload.</summary>
internal sealed record UploadStatus
{
    /// <summary>The job's key.</summary>
    public required string Job { get; init; }

    /// <summary>The media's UUID.</summary>
    public required Guid Media { get; init; }

    /// <summary>Bytes that are here and stay.</summary>
    public required long Offset { get; init; }

    /// <summary>Bytes in all, if known.</summary>
    public required long? Length { get; init; }

    /// <summary>When its last byte came, in running time; null if it is complete.</summary>
    public TimeSpan? LastByteAt { get; init; }

    /// <summary>The SHA-256 of all bytes if the upload is complete: then, and only then, they are stored, or a duplicate.</summary>
    public Sha256Hash? Sha256 { get; init; }

    /// <summary>Whether all of it is here and stored.</summary>
    public bool IsComplete => Sha256 is not null;

    /// <summary>Whether the last byte came with the request that is answered.</summary>
    public bool HasJustCome { get; init; }

    /// <summary>The blob that holds all bytes, if the upload is complete.</summary>
    public BlobId? Content { get; init; }

    /// <summary>The metadata as they came.</summary>
    public string RawMetadata { get; init; } = "";

    /// <summary>tus <c>Upload-Concat</c> as it came; empty if it is no part of a concatenation.</summary>
    public string Concat { get; init; } = "";

    /// <summary>Whether it is made of parts that are not all here: then nobody can say how far it is.</summary>
    public bool IsWaiting { get; init; }

    public static UploadStatus Of(UploadSession session) => new()
    {
        Job = session.Row.Job,
        Media = session.Row.Media,
        Offset = session.Tell(),
        Length = session.Row.Length,
        LastByteAt = session.Row.LastByteAt,
        RawMetadata = session.Row.RawMetadata,
        Concat = session.Row.Concat,
        IsWaiting = session.Row.IsFinal,
    };

    public static UploadStatus Complete(UploadRow row, Media media) =>
        Complete(row.Job, media, row.RawMetadata) with { Concat = row.Concat };

    public static UploadStatus Complete(string job, Media media, string rawMetadata, bool hasJustCome = false) => new()
    {
        Job = job,
        Media = media.Id,
        Offset = media.Length!.Value,
        Length = media.Length,
        Sha256 = media.Sha256!.Value,
        HasJustCome = hasJustCome,
        Content = media.Content,
        RawMetadata = rawMetadata,
    };
}
