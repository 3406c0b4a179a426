using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Joined;

/// <summary>
/// Reads several blobs as one. Only one of them is open at a time, as there may be a thousand.
/// None of them is freed before this reader is disposed. Not thread-safe.
/// </summary>
internal sealed class JoinedReader : IMediaReader
{
    private readonly IMediaStore _store;
    private readonly IReadOnlyList<BlobId> _parts;
    private readonly PartReaders _readers;
    private readonly long[] _ends; // offset of the end of each part
    private IMediaReader? _current;
    private int _index = -1; // of the open part; -1: none is open
    private bool _isDisposed;

    private JoinedReader(IMediaStore store, IReadOnlyList<BlobId> parts, PartReaders readers)
    {
        (_store, _parts, _readers, _ends) = (store, parts, readers, new long[parts.Count]);
        readers.Enter(parts);
    }

    /// <inheritdoc/>
    public long Length => _ends[^1];

    /// <summary>Opens a reader and reads the lengths of all parts.</summary>
    /// <exception cref="FileNotFoundException">A part does not exist.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public static async ValueTask<IMediaReader> Open(
        IMediaStore store, IReadOnlyList<BlobId> parts, PartReaders readers, CancellationToken cancellation)
    {
        var reader = new JoinedReader(store, parts, readers);
        try
        {
            await reader.Measure(cancellation);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellation = default)
    {
        if (offset >= Length)
            return 0;
        var index = Find(offset);
        if (index != _index)
            await OpenPart(index, cancellation);
        return await _current!.Read(buffer, offset - Start(index), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Close();
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        foreach (var part in _readers.Leave(_parts))
            await _store.Free(part);
    }

    private async ValueTask Measure(CancellationToken cancellation)
    {
        for (var i = 0; i < _parts.Count; i++)
        {
            await using var part = await _store.Read(_parts[i], cancellation);
            _ends[i] = Start(i) + part.Length;
        }
    }

    private long Start(int index) => index == 0 ? 0 : _ends[index - 1];

    /// <summary>
    /// The index of the part that contains an offset: the first part that ends after
    /// it (binary search).
    /// </summary>
    private int Find(long offset)
    {
        var (first, last) = (0, _ends.Length - 1);
        while (first < last)
        {
            var middle = (first + last) / 2;
            (first, last) = _ends[middle] > offset ? (first, middle) : (middle + 1, last);
        }
        return first;
    }

    private async ValueTask OpenPart(int index, CancellationToken cancellation)
    {
        await Close();
        _current = await _store.Read(_parts[index], cancellation);
        _index = index;
    }

    private async ValueTask Close()
    {
        if (_current is not null)
            await _current.DisposeAsync();
        (_current, _index) = (null, -1);
    }
}
