using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// Limits uploads to the free space of a volume minus a reserve, which remains for the journal and
/// for other programs. A write only decrements a counter, which is cheap. The counter is set to the
/// actual free space every second, because other programs use the volume too, and when it reaches
/// zero.
/// </summary>
internal sealed class DiskSpace : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly DriveInfo _volume;
    private readonly long _reserve;
    private readonly ILogger _log;
    private readonly Timer _timer;
    private long _available;
    private bool _isFull;

    /// <summary>Begins to watch the volume of a folder.</summary>
    /// <exception cref="IOException">The free space cannot be determined.</exception>
    public DiskSpace(string folder, long reserve, ILogger log)
    {
        (_folder, _volume, _reserve, _log) = (folder, new DriveInfo(folder), reserve, log);
        Refresh();
        _timer = new Timer(_ => TryRefresh(), null, s_interval, s_interval);
    }

    /// <summary>Takes space for bytes that the caller is about to write.</summary>
    /// <exception cref="StoreFullException">Only the reserve is free.</exception>
    /// <exception cref="IOException">The free space cannot be determined.</exception>
    public void Take(long bytes)
    {
        if (TryTake(bytes))
            return;
        Refresh();
        if (!TryTake(bytes))
            throw new StoreFullException($"What is free on the disk of {_folder} is kept back.");
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>
    /// Takes space if any is available, even if it is less than the write needs: the reserve
    /// absorbs the difference, because it is much larger than a write.
    /// </summary>
    private bool TryTake(long bytes) => bytes == 0 || Interlocked.Add(ref _available, -bytes) > -bytes;

    private void Refresh()
    {
        var free = _volume.AvailableFreeSpace;
        Volatile.Write(ref _available, free - _reserve);
        DiskMetrics.Space(free, _reserve);
        var isFull = free <= _reserve;
        if (Interlocked.Exchange(ref _isFull, isFull) == isFull)
            return; // the change is already in the log
        if (isFull)
        {
            _log.LogWarning(
                "The disk of {Folder} is full: {Free} bytes are free, {Reserve} are kept back."
                + " Uploads wait; all else goes on",
                _folder, free, _reserve);
        }
        else
        {
            _log.LogWarning("The disk of {Folder} has room again: uploads go on", _folder);
        }
    }

    private void TryRefresh()
    {
        try
        {
            Refresh();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The counter keeps its value. If the disk failed, the next write reports it.
        }
    }
}
