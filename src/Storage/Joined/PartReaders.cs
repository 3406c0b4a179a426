using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Joined;

/// <summary>
/// Which parts are read now. A file of one part stays for its readers when it loses its name; but a reader of a thousand parts
/// does not keep all of them open, so what is freed meanwhile is freed when the last reader has left.
/// </summary>
internal sealed class PartReaders
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BlobId, int> _readers = [];
    private readonly HashSet<BlobId> _freed = [];

    /// <summary>One more reads them.</summary>
    public void Enter(IEnumerable<BlobId> parts)
    {
        lock (_lock)
        {
            foreach (var part in parts)
                _readers[part] = _readers.GetValueOrDefault(part) + 1;
        }
    }

    /// <summary>One of their readers is done.</summary>
    /// <returns>Those that are to be freed now.</returns>
    public List<BlobId> Leave(IEnumerable<BlobId> parts)
    {
        lock (_lock)
            return [.. parts.Where(part => IsLast(part) && _freed.Remove(part))];
    }

    /// <summary>A part is to be freed.</summary>
    /// <returns>Whether nobody reads it; if somebody does, the last <see cref="Leave"/> tells of it.</returns>
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

    private bool IsLast(BlobId part)
    {
        if (--_readers[part] > 0)
            return false;
        _readers.Remove(part);
        return true;
    }
}
