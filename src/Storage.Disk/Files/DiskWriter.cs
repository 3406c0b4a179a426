using System.Buffers;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>Appends to one file without copying the caller's buffers.</summary>
internal sealed class DiskWriter(
    BlobId blob, FileStream file, long offset, Durability durability, DiskSync sync, Shelves shelves, DiskSpace space,
    OpenFiles open) : IMediaWriter
{
    private readonly FileWriter _file = new(file.SafeFileHandle, space);
    private bool _isNameDurable;
    private bool _isClosed;
    private long _syncedOffset = offset;

    /// <inheritdoc/>
    public long Offset { get; private set; } = offset;

    /// <inheritdoc/>
    public long SafeOffset => durability == Durability.Process ? Offset : _syncedOffset;

    /// <inheritdoc/>
    public ValueTask Write(ReadOnlySequence<byte> bytes, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        _file.Write(bytes, Offset);
        Offset += bytes.Length;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask Sync(CancellationToken cancellation = default) => sync.Run(SyncNow);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await file.DisposeAsync();
        if (!_isClosed)
            open.Close();
        _isClosed = true;
    }

    private void SyncNow()
    {
        sync.Data(file.SafeFileHandle);
        if (!_isNameDurable)
            shelves.Settle(blob.Uuid); // without a durable name the file is lost in a power cut
        _isNameDurable = true;
        _syncedOffset = Offset;
    }
}
