using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Joined;

/// <summary>
/// Counts the readers of each part. A deleted file stays readable while it is open, but a
/// <see cref="JoinedReader"/> has only one part open at a time. So a part that is freed while a
/// reader needs it is freed when its last reader is disposed.
/// </summary>
internal sealed class PartReaders
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BlobId, int> _readers = [];
    private readonly HashSet<BlobId> _freed = [];

    /// <summary>Adds a reader of the parts.</summary>
    public void Enter(IEnumerable<BlobId> parts)
    {
        lock (_lock)
        {
            foreach (var part in parts)
                _readers[part] = _readers.GetValueOrDefault(part) + 1;
        }
    }

    /// <summary>Removes a reader of the parts.</summary>
    /// <returns>The parts that the caller must free now.</returns>
    public List<BlobId> Leave(IEnumerable<BlobId> parts)
    {
        lock (_lock)
            return [.. parts.Where(part => IsLast(part) && _freed.Remove(part))];
    }

    /// <summary>
    /// Asks whether a part can be freed, and otherwise remembers to free it later.
    /// </summary>
    /// <returns>
    /// True if no reader needs the part. Otherwise the last <see cref="Leave"/> returns it.
    /// </returns>
    public bool Free(BlobId part)
    {
        lock (_lock)
        {
            var isRead = _readers.ContainsKey(part);
            if (isRead)
                _freed.Add(part);
            return !isRead;
        }
    }

    /// <summary>Whether a reader needs the part.</summary>
    public bool IsRead(BlobId part)
    {
        lock (_lock)
            return _readers.ContainsKey(part);
    }

    private bool IsLast(BlobId part)
    {
        if (--_readers[part] > 0)
            return false;
        _readers.Remove(part);
        return true;
    }
}
