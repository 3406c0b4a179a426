using System.Buffers;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>Writes one extent without copying the caller's buffers.</summary>
internal sealed class ExtentWriter(
    BlobId extent, Segment segment, Durability durability, DiskSpace space) : IMediaWriter
{
    private readonly FileWriter _file = new(segment.File, space);
    private bool _isOpened;
    private long _syncedOffset;

    /// <summary>The extent.</summary>
    public BlobId Extent => extent;

    /// <inheritdoc/>
    public long Offset { get; private set; }

    /// <inheritdoc/>
    public long SafeOffset => durability == Durability.Process ? Offset : _syncedOffset;

    /// <summary>Opens the writer for its only append, which begins at offset 0.</summary>
    /// <exception cref="IOException">
    /// The writer was opened before, or the offset is not 0.
    /// </exception>
    public ExtentWriter Open(long offset)
    {
        if (_isOpened || offset != 0)
            throw new IOException("What comes in one go is appended to once, from its beginning.");
        _isOpened = true;
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
        var written = Offset; // read before the sync: a write meanwhile is not covered by it
        await segment.Sync();
        _syncedOffset = written;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
