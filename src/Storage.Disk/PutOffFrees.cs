using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Disk;

/// <summary>
/// Blobs that are to be freed when nobody copies the store's bytes any more. How many are remembered is bounded; the
/// others are left to the sweep, as after a crash.
/// </summary>
internal sealed class PutOffFrees
{
    /// <summary>Blobs that are remembered: some 8 MB.</summary>
    public const int MaxRemembered = 1 << 16;

    private readonly Lock _lock = new();
    private HashSet<BlobId> _waiting = [];
    private int _holders;
    private long _forgotten;

    /// <summary>From now on nothing is freed, until as many calls of <see cref="Release"/>.</summary>
    public void Hold()
    {
        lock (_lock)
            _holders++;
    }

    /// <summary>Puts a free off, if somebody copies.</summary>
    /// <returns>False if nobody does: it is to be freed now.</returns>
    public bool TryPutOff(BlobId blob)
    {
        lock (_lock)
        {
            if (_holders == 0)
                return false;
            if (_waiting.Count < MaxRemembered)
                _waiting.Add(blob);
            else
                _forgotten++;
            return true;
        }
    }

    /// <summary>One of those who copy is done.</summary>
    /// <returns>What is to be freed now, and how many more were put off and not remembered.</returns>
    public (IReadOnlyCollection<BlobId> Blobs, long Forgotten) Release()
    {
        lock (_lock)
        {
            if (--_holders > 0)
                return ([], 0);
            var released = (_waiting, _forgotten);
            (_waiting, _forgotten) = ([], 0);
            return released;
        }
    }
}
