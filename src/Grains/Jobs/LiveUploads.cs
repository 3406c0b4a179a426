using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// How far a job's open uploads are: passing knowledge from the gateway's chunk reports, beside the journal. After a
/// restart it starts from the durable offsets.
/// </summary>
public sealed class LiveUploads
{
    /// <summary>An upload without a byte for so long is waiting.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Guid, (long Offset, long? Length, DateTimeOffset? LastByteAt)> _uploads = [];

    /// <summary>Starts from what is stored.</summary>
    public void Restore(IReadOnlyList<UploadRow> rows)
    {
        foreach (var row in rows)
            _uploads[row.Media] = (row.DurableOffset, row.Length, null);
    }

    /// <summary>Bytes came.</summary>
    public void Received(ChunkReceived chunk) => _uploads[chunk.Media] = (chunk.Offset, chunk.Length, chunk.At);

    /// <summary>The upload ended.</summary>
    public void Remove(Guid media) => _uploads.Remove(media);

    /// <summary>Bytes received of an upload.</summary>
    public long Offset(Guid media) => _uploads.TryGetValue(media, out var upload) ? upload.Offset : 0;

    /// <summary>Bytes in all, if the client said it after the upload had started.</summary>
    public long? Length(Guid media) => _uploads.TryGetValue(media, out var upload) ? upload.Length : null;

    /// <summary>Whether a byte came lately.</summary>
    public bool IsMoving(Guid media, DateTimeOffset now) =>
        _uploads.TryGetValue(media, out var upload) && now - upload.LastByteAt < Silence;

    /// <summary>How many open uploads are moving. One that ended through another node is no longer open, and was not removed here.</summary>
    public int Moving(Job job, DateTimeOffset now) =>
        _uploads.Count(upload => now - upload.Value.LastByteAt < Silence && job.Find(upload.Key) is { Status: MediaStatus.Open });
}

/// <summary>A completed chunk: how far an upload is.</summary>
/// <param name="Media">The media's UUID.</param>
/// <param name="Device">Key of the device, or empty.</param>
/// <param name="Offset">Bytes received so far.</param>
/// <param name="Length">Bytes in all, if known.</param>
/// <param name="At">When the last of them came.</param>
[GenerateSerializer, Immutable, Alias("ingest.ChunkReceived")]
public sealed record ChunkReceived(
    [property: Id(0)] Guid Media, [property: Id(1)] string Device, [property: Id(2)] long Offset,
    [property: Id(3)] long? Length, [property: Id(4)] DateTimeOffset At);
