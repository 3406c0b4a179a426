using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// Syncs files to the disk if the deployment promises <see cref="Durability.Disk"/>.
/// </summary>
/// <remarks>
/// A failed sync must not be repeated for the same bytes. Linux reports a write error once and
/// drops the pages that it could not write, so a second sync would succeed although the bytes are
/// not on the disk. Instead, the upload returns to its last safe offset. When the file is opened
/// again, <see cref="DiskFile.OpenAt"/> truncates it there, which drops the suspect pages, and the
/// client sends the rest again. The page that contains the offset is written as a whole with the
/// first new bytes. The sync of a folder may be repeated: a file system that cannot write its
/// journal becomes read-only, so the sync keeps failing.
/// </remarks>
internal sealed class DiskSync(Durability durability) : IDisposable
{
    private readonly SyncThreads? _threads = durability == Durability.Disk ? new SyncThreads() : null;

    /// <summary>Whether syncs wait for the disk. If not, <see cref="Data"/> does nothing.</summary>
    public bool Waits => _threads is not null;

    /// <summary>
    /// Runs work that contains syncs on a thread outside the thread pool, because syncs block.
    /// If syncs do not wait, the work runs on the caller's thread.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public ValueTask Run(Action work)
    {
        if (_threads is not null)
            return new ValueTask(_threads.Run(() => DiskFailure.Guard(work)));
        DiskFailure.Guard(work);
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes the bytes of a file as durable as the deployment promises.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Data(SafeFileHandle file)
    {
        if (_threads is null)
            return;
        using var _ = new Step(DiskMetrics.Sync);
        FileSync.Data(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _threads?.Dispose();
}
