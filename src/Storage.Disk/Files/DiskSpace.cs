using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// How many bytes uploads may still take of a volume that they share with the journal and with other programs: what is free,
/// less a reserve. A write counts down and asks nobody; the volume is looked at when the count is used up, and every second,
/// for others fill and free it too.
/// </summary>
internal sealed class DiskSpace : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly DriveInfo _volume;
    private readonly long _reserve;
    private readonly ILogger _log;
    private readonly Timer _timer;
    private long _left;
    private bool _isFull;

    /// <summary>Begins to look after the volume that a folder is on, which need not be the root of one.</summary>
    /// <exception cref="IOException">The volume cannot be asked.</exception>
    public DiskSpace(string folder, long reserve, ILogger log)
    {
        (_folder, _volume, _reserve, _log) = (folder, new DriveInfo(folder), reserve, log);
        Look();
        _timer = new Timer(_ => TryLook(), null, s_interval, s_interval);
    }

    /// <summary>Counts bytes that are about to be written.</summary>
    /// <exception cref="StoreFullException">There is no room.</exception>
    /// <exception cref="IOException">The volume cannot be asked.</exception>
    public void Take(long bytes)
    {
        if (TryTake(bytes))
            return;
        Look();
        if (!TryTake(bytes))
            throw new StoreFullException($"What is free on the disk of {_folder} is kept back.");
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>As long as there is any room a write goes through as a whole: the reserve is large, and a write is not.</summary>
    private bool TryTake(long bytes) => bytes == 0 || Interlocked.Add(ref _left, -bytes) > -bytes;

    private void Look()
    {
        var free = _volume.AvailableFreeSpace;
        Volatile.Write(ref _left, free - _reserve);
        DiskMetrics.Space(free, _reserve);
        var isFull = free <= _reserve;
        if (Interlocked.Exchange(ref _isFull, isFull) == isFull)
            return;
        if (isFull)
            _log.LogWarning("The disk of {Folder} is full: {Free} bytes are free, {Reserve} are kept back. Uploads wait; all else goes on", _folder, free, _reserve);
        else
            _log.LogWarning("The disk of {Folder} has room again: uploads go on", _folder);
    }

    private void TryLook()
    {
        try
        {
            Look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The count stays as it is; who writes finds out for himself.
        }
    }
}
