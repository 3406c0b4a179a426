using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Uploads;

/// <summary>
/// What this process remembers of an open upload: its row, how many bytes are here, and their hash.
/// It is a cache. Losing it costs no more than reading the bytes once at completion. Only the
/// holder of the upload's lock changes it, except the promise, which has a lock of its own.
/// </summary>
internal sealed class UploadState(UploadRow row, long offset)
{
    private readonly Lock _promising = new();
    private long _offset = offset;
    private long _safe = offset;
    private long? _promised;

    /// <summary>The upload's row, as far as this process knows it.</summary>
    public UploadRow Row { get; set; } = row;

    /// <summary>Bytes that are here. Other requests may look at it.</summary>
    public long Offset
    {
        get => Volatile.Read(ref _offset);
        set => Volatile.Write(ref _offset, value);
    }

    /// <summary>
    /// Bytes that are as durable as the deployment promises: at most <see cref="Offset"/>. A client
    /// is told no more.
    /// </summary>
    public long SafeOffset
    {
        get => Volatile.Read(ref _safe);
        set => Volatile.Write(ref _safe, value);
    }

    /// <summary>
    /// The hash of the first <see cref="Offset"/> bytes, while it is known. A partial upload needs
    /// none. That of a final upload is known when its parts have been read.
    /// </summary>
    public RunningHash? Hash { get; set; } =
        offset == 0 && row.Concat.Length == 0 ? new RunningHash(row.DeclaredSha512 is not null) : null;

    /// <summary>
    /// Whether the length is known and all bytes are here. A final upload has no bytes of its own,
    /// so it never is.
    /// </summary>
    public bool IsWhole => Row.Length == Offset && !Row.IsFinal;

    /// <summary>Counts what was written. What is safe of it never falls back.</summary>
    public void Count(IMediaWriter writer)
    {
        Offset = writer.Offset;
        SafeOffset = Math.Max(SafeOffset, writer.SafeOffset);
    }

    /// <summary>
    /// The offset for a client that has just sent bytes. If it is beyond the offset that another
    /// client was promised, that promise is over.
    /// </summary>
    public long Tell()
    {
        lock (_promising)
        {
            if (_promised < SafeOffset)
                _promised = null;
            return SafeOffset;
        }
    }

    /// <summary>
    /// The offset for a client that asks. The client may go on there, even if more bytes come
    /// meanwhile on a connection that it has lost; unless another client is told of those.
    /// </summary>
    public long Promise()
    {
        lock (_promising)
        {
            _promised = SafeOffset;
            return SafeOffset;
        }
    }

    /// <summary>
    /// Goes back to the offset that a client was promised. What came after it does not count, and
    /// no client was told of it. The promise goes on, because the request that uses it now may be a
    /// late one of a dead connection. A request at another offset ends it: its client knows more.
    /// </summary>
    /// <returns>False if no client was promised this offset, or nothing lies beyond it.</returns>
    public bool TryGoBack(long offset)
    {
        lock (_promising)
        {
            if (_promised != offset)
                _promised = null;
            if (_promised is null || offset >= Offset || IsWhole)
                return false;
            Restart(offset); // a hash cannot go back: the completion reads all bytes once more
            return true;
        }
    }

    /// <summary>The upload has this many bytes, and their hash is not known.</summary>
    public void Restart(long offset)
    {
        DropHash();
        Offset = SafeOffset = offset;
    }

    /// <summary>Frees the hash.</summary>
    public void DropHash()
    {
        Hash?.Dispose();
        Hash = null;
    }
}
