using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.S3;

/// <summary>
/// Lets one call at a time work on a blob. A blob has a lock only while a call works on it.
/// </summary>
internal sealed class BlobLocks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BlobId, BlobLock> _locks = [];

    /// <summary>Waits for the lock of a blob, until the result is disposed.</summary>
    public async ValueTask<IDisposable> Enter(BlobId blob, CancellationToken cancellation)
    {
        var entry = Join(blob);
        try
        {
            await entry.Turn.WaitAsync(cancellation);
        }
        catch
        {
            Leave(blob, entry);
            throw;
        }
        return new Held(this, blob, entry);
    }

    private BlobLock Join(BlobId blob)
    {
        lock (_lock)
        {
            if (!_locks.TryGetValue(blob, out var entry))
                _locks[blob] = entry = new BlobLock();
            entry.Users++;
            return entry;
        }
    }

    private void Leave(BlobId blob, BlobLock entry)
    {
        lock (_lock)
        {
            if (--entry.Users == 0)
                _locks.Remove(blob);
        }
    }

    private sealed class BlobLock
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Users { get; set; }
    }

    private sealed class Held(BlobLocks locks, BlobId blob, BlobLock entry) : IDisposable
    {
        public void Dispose()
        {
            entry.Turn.Release();
            locks.Leave(blob, entry);
        }
    }
}
