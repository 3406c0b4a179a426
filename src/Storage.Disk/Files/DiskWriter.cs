using System.Buffers;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>Appends to one file without copying the caller's buffers.</summary>
internal sealed class DiskWriter(BlobId blob, FileStream file, long offset, DiskWriteContext context) : IMediaWriter
{
    private readonly FileWriter _file = new(file.SafeFileHandle, context.Space);
    private bool _isNameDurable;
    private bool _isClosed;
    private long _syncedOffset = offset;

    /// <inheritdoc/>
    public long Offset { get; private set; } = offset;

    /// <inheritdoc/>
    public long SafeOffset => context.Sync.Waits ? _syncedOffset : Offset;

    /// <inheritdoc/>
    public ValueTask Write(ReadOnlySequence<byte> bytes, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        _file.Write(bytes, Offset);
        Offset += bytes.Length;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask Sync(CancellationToken cancellation = default) => context.Sync.Run(SyncNow);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await file.DisposeAsync();
        if (!_isClosed)
            context.Open.Close();
        _isClosed = true;
    }

    private void SyncNow()
    {
        context.Sync.Data(file.SafeFileHandle);
        if (!_isNameDurable)
            context.Incoming.Settle(blob.Uuid); // without a durable name the file is lost in a power cut
        _isNameDurable = true;
        _syncedOffset = Offset;
    }
}

/// <summary>What all writers of a store share.</summary>
/// <param name="Sync">Waits for the disk.</param>
/// <param name="Incoming">The folders of files that are being written.</param>
/// <param name="Space">The free space of the disk.</param>
/// <param name="Open">Counts open files.</param>
internal sealed record DiskWriteContext(DiskSync Sync, Shelves Incoming, DiskSpace Space, OpenFiles Open);
