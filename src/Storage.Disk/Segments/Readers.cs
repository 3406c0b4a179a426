using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>
/// Counts the readers of each extent. The operating system keeps a removed file until its last
/// reader closes it, but a freed extent becomes a hole at once, so the store waits for the last
/// reader itself. The most recently freed extents are remembered: a request that found an extent in
/// the journal just before it was freed must not read the zeros of the hole.
/// </summary>
internal sealed class Readers
{
    /// <summary>
    /// The number of freed extents that are remembered, in addition to those that are being read.
    /// </summary>
    private const int MaxRemembered = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<BlobId, int> _readers = [];
    private readonly HashSet<BlobId> _freed = [];
    private readonly Queue<BlobId> _remembered = [];

    /// <summary>Counts a new reader of an extent.</summary>
    /// <returns>False if the extent was freed.</returns>
    public bool TryEnter(BlobId extent)
    {
        lock (_lock)
        {
            if (_freed.Contains(extent))
                return false;
            _readers[extent] = _readers.GetValueOrDefault(extent) + 1;
            return true;
        }
    }

    /// <summary>Counts the end of a reader.</summary>
    /// <returns>
    /// True if the extent was freed meanwhile and this was its last reader: the caller reclaims it.
    /// </returns>
    public bool Leave(BlobId extent)
    {
        lock (_lock)
        {
            if (--_readers[extent] > 0)
                return false;
            _readers.Remove(extent);
            return _freed.Contains(extent);
        }
    }

    /// <summary>Marks an extent as freed, so that no new reader begins.</summary>
    /// <returns>
    /// True if the extent has no reader: the caller reclaims it. Otherwise <see cref="Leave"/>
    /// returns true for its last reader.
    /// </returns>
    public bool Free(BlobId extent)
    {
        lock (_lock)
        {
            if (_freed.Add(extent))
                Remember(extent);
            return !_readers.ContainsKey(extent);
        }
    }

    /// <summary>Whether an extent is remembered as freed.</summary>
    public bool IsFreed(BlobId extent)
    {
        lock (_lock)
            return _freed.Contains(extent);
    }

    /// <summary>The extents that have readers.</summary>
    public List<BlobId> All()
    {
        lock (_lock)
            return [.. _readers.Keys];
    }

    // An extent with readers is not forgotten: Leave must know that it was freed.
    private void Remember(BlobId extent)
    {
        _remembered.Enqueue(extent);
        if (_remembered.Count <= MaxRemembered)
            return;
        var oldest = _remembered.Dequeue();
        if (_readers.ContainsKey(oldest))
            _remembered.Enqueue(oldest);
        else
            _freed.Remove(oldest);
    }
}
