using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>
/// Who reads which extents. A file that loses its name stays until its last reader closes it; an extent has only this. One
/// that was freed is remembered for a while, so that who looked it up just before does not read zeros for a picture.
/// </summary>
internal sealed class Readers
{
    /// <summary>Freed extents that are remembered.</summary>
    private const int MaxRemembered = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<BlobId, int> _readers = [];
    private readonly HashSet<BlobId> _freed = [];
    private readonly Queue<BlobId> _remembered = [];

    /// <summary>One more reads it.</summary>
    /// <returns>False if it was freed.</returns>
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

    /// <summary>One of them is done.</summary>
    /// <returns>Whether it was freed meanwhile and nobody reads it any more.</returns>
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

    /// <summary>From now on nobody begins to read it.</summary>
    /// <returns>Whether nobody reads it now.</returns>
    public bool Free(BlobId extent)
    {
        lock (_lock)
        {
            if (_freed.Add(extent))
                Remember(extent);
            return !_readers.ContainsKey(extent);
        }
    }

    /// <summary>Whether it was freed, as far as is remembered.</summary>
    public bool IsFreed(BlobId extent)
    {
        lock (_lock)
            return _freed.Contains(extent);
    }

    /// <summary>What is read now.</summary>
    public List<BlobId> All()
    {
        lock (_lock)
            return [.. _readers.Keys];
    }

    // One that is still read is remembered for longer than the others.
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
