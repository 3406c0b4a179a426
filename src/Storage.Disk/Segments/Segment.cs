using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>
/// A file that is being filled with extents. Each extent is allocated once and written once.
/// Writers that wait for the disk at the same time share one sync. The file has no owner that
/// disposes it: the finalizer of its handle closes it when no writer refers to it any more.
/// </summary>
internal sealed class Segment
{
    private readonly string _folder;
    private readonly FileStream _file;
    private readonly DiskSync _sync;
    private readonly SharedWork _sharedSync;
    private bool _isNameDurable;
    private volatile bool _failed;
    private long _end;

    /// <summary>Creates the file.</summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public Segment(string folder, DiskSync sync)
    {
        (_folder, _sync, Uuid) = (folder, sync, BlobId.NewUuid());
        _file = DiskFailure.Guard(() => DiskFile.Open(Path.Combine(folder, Shelves.NameOf(Uuid))));
        // Read once: the getter of FileStream.SafeFileHandle makes a system call each time.
        File = _file.SafeFileHandle;
        _sharedSync = new SharedWork(() => sync.Run(SyncNow).AsTask());
    }

    /// <summary>The UUID of the file's name and of the extents in the file.</summary>
    public Guid Uuid { get; }

    /// <summary>The file, open for writing.</summary>
    public SafeFileHandle File { get; }

    /// <summary>
    /// Whether another extent can be allocated: the segment is smaller than the maximum, and no
    /// sync of it has failed.
    /// </summary>
    public bool HasRoom(long maxSize) => _end < maxSize && !_failed;

    /// <summary>Allocates an extent at the end. The caller ensures one call at a time.</summary>
    public BlobId Allocate(long length)
    {
        var extent = BlobId.Extent(Uuid, _end, length);
        _end = extent.End();
        return extent;
    }

    /// <summary>
    /// Makes everything that was written before the call as durable as the deployment promises.
    /// </summary>
    /// <exception cref="IOException">This sync failed, or an earlier one.</exception>
    public ValueTask Sync() => _sync.Waits ? new ValueTask(_sharedSync.Run()) : ValueTask.CompletedTask;

    /// <summary>
    /// Syncs the file. After a failure every later sync fails too: Linux reports a write error once
    /// and drops the pages that it could not write (see <see cref="DiskSync"/>), so any extent of
    /// this file may have lost bytes. Its upload fails, and the client sends the bytes again, to
    /// another segment.
    /// </summary>
    private void SyncNow()
    {
        if (_failed)
            throw new IOException("The disk failed while these bytes were on their way to it.");
        try
        {
            _sync.Data(File);
            if (!_isNameDurable)
                FileSync.Folder(_folder); // without a durable name the file is lost in a power cut
            _isNameDurable = true;
        }
        catch
        {
            _failed = true;
            throw;
        }
    }
}
