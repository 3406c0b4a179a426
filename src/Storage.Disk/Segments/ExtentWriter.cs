using System.Buffers;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>Writes one extent, straight from the caller's buffers.</summary>
internal sealed class ExtentWriter(BlobId extent, Segment segment, Durability durability, DiskSpace space) : IMediaWriter
{
    private readonly FileWriter _file = new(segment.File, space);
    private bool _isAppendedTo;
    private long _synced;

    /// <summary>What it writes.</summary>
    public BlobId Extent => extent;

    /// <inheritdoc/>
    public long Offset { get; private set; }

    /// <inheritdoc/>
    public long SafeOffset => durability == Durability.Process ? Offset : _synced;

    /// <summary>Begins to be appended to, which it can be once.</summary>
    /// <exception cref="IOException">It was before.</exception>
    public ExtentWriter Open(long offset)
    {
        if (_isAppendedTo || offset != 0)
            throw new IOException("What comes in one go is appended to once, from its beginning.");
        _isAppendedTo = true;
        return this;
    }

    /// <inheritdoc/>
    public ValueTask Write(ReadOnlySequence<byte> bytes, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (bytes.Length > extent.Length - Offset)
            throw new IOException($"The blob has room for {extent.Length} bytes.");
        _file.Write(bytes, extent.Offset + Offset);
        Offset += bytes.Length;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask Sync(CancellationToken cancellation = default)
    {
        var written = Offset;
        await segment.Sync();
        _synced = written;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
