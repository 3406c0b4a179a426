using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>
/// The pieces of blobs that no upload has: whole files whose only claim is in this process. If it
/// ends, a sweep frees them.
/// </summary>
internal sealed class LocalPieces : IBlobPieces
{
    private readonly ConcurrentDictionary<Guid, Entry> _blobs = new();

    /// <inheritdoc/>
    public Task<BlobPieces?> Find(Guid blob, CancellationToken cancellation = default) =>
        Task.FromResult(_blobs.TryGetValue(blob, out var entry) ? entry.Get() : null);

    /// <inheritdoc/>
    public Task<string?> Begin(Guid blob, long generation, string multipartUpload) =>
        Task.FromResult<string?>(Of(blob).Begin(multipartUpload));

    /// <inheritdoc/>
    public Task<int?> Reserve(Guid blob, long generation, int count) =>
        Task.FromResult<int?>(Of(blob).Reserve(count));

    /// <inheritdoc/>
    public Task<bool> Record(Guid blob, long generation, BlobPiece piece) =>
        Task.FromResult(Of(blob).Record(piece));

    /// <inheritdoc/>
    public Task<bool> Cut(Guid blob, long generation, long offset)
    {
        Of(blob).Cut(offset);
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public Task Forget(Guid blob)
    {
        _blobs.TryRemove(blob, out _);
        return Task.CompletedTask;
    }

    private Entry Of(Guid blob) => _blobs.GetOrAdd(blob, _ => new Entry());

    private sealed class Entry
    {
        private readonly Lock _lock = new();
        private readonly List<BlobPiece> _pieces = [];
        private string? _upload;
        private int _reserved;

        public BlobPieces Get()
        {
            lock (_lock)
                return new BlobPieces(_upload, [.. _pieces]);
        }

        public string Begin(string upload)
        {
            lock (_lock)
                return _upload ??= upload;
        }

        public int Reserve(int count)
        {
            lock (_lock)
                return (_reserved += count) - count + 1;
        }

        public bool Record(BlobPiece piece)
        {
            lock (_lock)
            {
                Cut(piece.Offset);
                var isNext = (_pieces is [.., var last] ? last.Offset + last.Length : 0) == piece.Offset;
                if (isNext)
                    _pieces.Add(piece);
                return isNext;
            }
        }

        public void Cut(long offset)
        {
            lock (_lock)
                _pieces.RemoveAll(piece => piece.Offset + piece.Length > offset);
        }
    }
}
