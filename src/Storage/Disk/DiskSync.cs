using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Storage.Disk;

/// <summary>Waits for the disk where the deployment promises that, and remembers where the disk failed.</summary>
internal sealed class DiskSync(Durability durability) : IDisposable
{
    private readonly SyncThreads? _threads = durability == Durability.Disk ? new SyncThreads() : null;
    private readonly ConcurrentDictionary<string, bool> _failed = new();

    /// <summary>Runs what waits for the disk off the thread pool; at once if nothing will wait.</summary>
    public ValueTask Run(Action work)
    {
        if (_threads is not null)
            return new ValueTask(_threads.Run(work));
        work();
        return ValueTask.CompletedTask;
    }

    /// <summary>When it returns, the bytes of a place are as durable as promised.</summary>
    /// <exception cref="IOException">
    /// The disk fails, or it failed for this place before: Linux drops what it could not write and reports that once,
    /// so a second attempt would succeed without the bytes being there.
    /// </exception>
    public void Data(string place, SafeFileHandle file)
    {
        if (_threads is null)
            return;
        if (_failed.ContainsKey(place))
            throw new IOException($"The disk has lost bytes of {place}: this upload must begin again.");
        try
        {
            FileSync.Data(file);
        }
        catch (IOException)
        {
            _failed[place] = true;
            throw;
        }
    }

    /// <summary>The place is gone.</summary>
    public void Forget(string place) => _failed.TryRemove(place, out _);

    /// <inheritdoc/>
    public void Dispose() => _threads?.Dispose();
}
