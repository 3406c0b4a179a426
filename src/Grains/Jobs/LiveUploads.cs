using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// The progress of a job's open uploads, as the gateway last reported it. It is not stored; after a
/// restart it begins with the durable offsets.
/// </summary>
public sealed class LiveUploads
{
    /// <summary>An upload that receives no byte for this time is waiting.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Guid, (long Offset, long? Length, DateTimeOffset? LastByteAt)> _uploads = [];

    /// <summary>Begins with the stored uploads.</summary>
    public void Restore(IReadOnlyList<UploadRow> rows)
    {
        foreach (var row in rows)
            _uploads[row.Media] = (row.DurableOffset, row.Length, null);
    }

    /// <summary>Records that an upload received bytes.</summary>
    public void Received(ChunkReceived chunk) => _uploads[chunk.Media] = (chunk.Offset, chunk.Length, chunk.At);

    /// <summary>Removes an upload that ended.</summary>
    public void Remove(Guid media) => _uploads.Remove(media);

    /// <summary>The number of bytes that an upload has received.</summary>
    public long Offset(Guid media) => _uploads.TryGetValue(media, out var upload) ? upload.Offset : 0;

    /// <summary>
    /// The length of an upload, if the client sent it after the upload was started; or null.
    /// </summary>
    public long? Length(Guid media) => _uploads.TryGetValue(media, out var upload) ? upload.Length : null;

    /// <summary>Whether an upload received a byte lately.</summary>
    public bool IsMoving(Guid media, DateTimeOffset now) =>
        _uploads.TryGetValue(media, out var upload) && now - upload.LastByteAt < Silence;

    /// <summary>The number of open uploads that received a byte lately.</summary>
    public int Moving(Job job, DateTimeOffset now)
    {
        return _uploads.Count(upload => now - upload.Value.LastByteAt < Silence && IsOpen(upload.Key));

        // An upload that another activation of the job ended is still in the dictionary.
        bool IsOpen(Guid media) => job.Find(media) is { Status: MediaStatus.Open };
    }
}

/// <summary>The progress of an upload after a chunk was received.</summary>
/// <param name="Media">The UUID of the media.</param>
/// <param name="Device">The key of the device; or empty.</param>
/// <param name="Offset">The number of bytes received so far.</param>
/// <param name="Length">The length in bytes; null if unknown.</param>
/// <param name="At">When the last byte was received.</param>
[GenerateSerializer, Immutable, Alias("ingest.ChunkReceived")]
public sealed record ChunkReceived(
    [property: Id(0)] Guid Media, [property: Id(1)] string Device, [property: Id(2)] long Offset,
    [property: Id(3)] long? Length, [property: Id(4)] DateTimeOffset At);
