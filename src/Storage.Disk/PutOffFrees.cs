using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Disk;

/// <summary>
/// Postpones the freeing of blobs while a backup copies the store. The number of remembered blobs
/// is limited; a sweep frees the others, as it does after a crash.
/// </summary>
internal sealed class PutOffFrees
{
    /// <summary>The maximum number of remembered blobs. They take about 8 MB of memory.</summary>
    public const int MaxRemembered = 1 << 16;

    private readonly Lock _lock = new();
    private HashSet<BlobId> _waiting = [];
    private int _holders;
    private long _forgotten;

    /// <summary>
    /// Begins to postpone. It ends after the same number of calls of <see cref="Release"/>.
    /// </summary>
    public void Hold()
    {
        lock (_lock)
            _holders++;
    }

    /// <summary>Postpones the freeing of a blob.</summary>
    /// <returns>False if no holder is active: the caller frees the blob now.</returns>
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

    /// <summary>Ends one call of <see cref="Hold"/>.</summary>
    /// <returns>
    /// The blobs that the caller frees now, and the number of postponed blobs that were not
    /// remembered. Both are empty while another holder is active.
    /// </returns>
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
