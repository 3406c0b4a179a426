using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>
/// A file that is being filled with extents, each given out once and written once. All who wait for the disk at the same time
/// wait for one sync. It is closed when the last of its writers is garbage.
/// </summary>
internal sealed class Segment
{
    private readonly string _folder;
    private readonly FileStream _file;
    private readonly DiskSync _sync;
    private readonly SharedWork _syncing;
    private bool _hasName;
    private volatile bool _failed;
    private long _end;

    /// <summary>Makes the file.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public Segment(string folder, DiskSync sync)
    {
        (_folder, _sync, Uuid) = (folder, sync, BlobId.NewUuid());
        _file = DiskFailure.Guard(() => DiskFile.Open(Path.Combine(folder, Shelves.NameOf(Uuid))));
        File = _file.SafeFileHandle; // once, for it asks the system for the file's position each time
        _syncing = new SharedWork(() => sync.Run(SyncNow).AsTask());
    }

    /// <summary>What names it, and the extents in it.</summary>
    public Guid Uuid { get; }

    /// <summary>To write extents into.</summary>
    public SafeFileHandle File { get; }

    /// <summary>Whether there is room in it, and its disk has not failed.</summary>
    public bool Takes(long maxSize) => _end < maxSize && !_failed;

    /// <summary>A range that nobody has. One caller at a time.</summary>
    public BlobId Take(long length)
    {
        var extent = BlobId.Extent(Uuid, _end, length);
        _end = extent.End();
        return extent;
    }

    /// <summary>When it ends, what was written before is as durable as promised.</summary>
    /// <exception cref="IOException">The disk fails, or has failed: see <see cref="SyncNow"/>.</exception>
    public ValueTask Sync() => _sync.Waits ? new ValueTask(_syncing.Run()) : ValueTask.CompletedTask;

    /// <summary>
    /// Linux says once that it could not write, and drops what it could not: whoever is told, and whoever has written and asks
    /// later, sends his bytes again, to another segment.
    /// </summary>
    private void SyncNow()
    {
        if (_failed)
            throw new IOException("The disk failed while these bytes were on their way to it.");
        try
        {
            _sync.Data(File);
            if (!_hasName)
                FileSync.Folder(_folder); // a file without a name is no file
            _hasName = true;
        }
        catch
        {
            _failed = true;
            throw;
        }
    }
}
