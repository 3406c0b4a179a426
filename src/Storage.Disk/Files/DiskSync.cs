using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// Waits for the disk where the deployment promises that. It remembers no failure, and need not: Linux drops what it could
/// not write and says so once, so that a second attempt would succeed without the bytes being there. Therefore nobody makes
/// a second attempt with the same bytes. After a failure an upload is back at its last safe offset; the file is cut there
/// when it is opened again (<see cref="DiskFile.OpenAt"/>), which throws the suspect pages away, and everything beyond is
/// written anew. A page across the cut is written as a whole with the first of the new bytes. Names are safe to try again: a
/// file system that cannot write its journal goes read-only, and keeps failing.
/// </summary>
internal sealed class DiskSync(Durability durability) : IDisposable
{
    private readonly SyncThreads? _threads = durability == Durability.Disk ? new SyncThreads() : null;

    /// <summary>Whether anybody waits for the disk.</summary>
    public bool Waits => _threads is not null;

    /// <summary>Runs what waits for the disk off the thread pool; at once if nothing will wait.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public ValueTask Run(Action work)
    {
        if (_threads is not null)
            return new ValueTask(_threads.Run(() => DiskFailure.Guard(work)));
        DiskFailure.Guard(work);
        return ValueTask.CompletedTask;
    }

    /// <summary>When it returns, the bytes of a file are as durable as promised.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
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
