using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

/// <summary>What a client may know of its upload.</summary>
public sealed record UploadStatus
{
    /// <summary>The job's key.</summary>
    public required string Job { get; init; }

    /// <summary>The media's UUID.</summary>
    public required Guid Media { get; init; }

    /// <summary>Bytes that are here and durable.</summary>
    public required long Offset { get; init; }

    /// <summary>Bytes in all, if known.</summary>
    public required long? Length { get; init; }

    /// <summary>When the last byte came, in running time; null if the upload is complete.</summary>
    public TimeSpan? LastByteAt { get; init; }

    /// <summary>
    /// The SHA-256 of all bytes if the upload is complete. Then, and only then, the media is
    /// stored, or a duplicate.
    /// </summary>
    public Sha256Hash? Sha256 { get; init; }

    /// <summary>Whether all bytes are here and stored.</summary>
    public bool IsComplete => Sha256 is not null;

    /// <summary>Whether the last byte came with this request.</summary>
    public bool HasJustCome { get; init; }

    /// <summary>The blob that holds all bytes, if the upload is complete; else null.</summary>
    public BlobId? Content { get; init; }

    /// <summary>tus <c>Upload-Metadata</c> as the client sent it.</summary>
    public string RawMetadata { get; init; } = "";

    /// <summary>
    /// tus <c>Upload-Concat</c> as the client sent it; empty if the upload is no part of a
    /// concatenation.
    /// </summary>
    public string Concat { get; init; } = "";

    /// <summary>
    /// Whether the upload is final and waits for its parts. It has no offset then.
    /// </summary>
    public bool IsWaiting { get; init; }

    internal static UploadStatus Of(UploadRow row, long offset) => new()
    {
        Job = row.Job,
        Media = row.Media,
        Offset = offset,
        Length = row.Length,
        LastByteAt = row.LastByteAt,
        RawMetadata = row.RawMetadata,
        Concat = row.Concat,
        IsWaiting = row.IsFinal,
    };

    internal static UploadStatus Complete(
        string job, Media media, string rawMetadata, string concat = "", bool hasJustCome = false) => new()
        {
            Job = job,
            Media = media.Id,
            Offset = media.Length!.Value,
            Length = media.Length,
            Sha256 = media.Sha256!.Value,
            Content = media.Content,
            RawMetadata = rawMetadata,
            Concat = concat,
            HasJustCome = hasJustCome,
        };
}
