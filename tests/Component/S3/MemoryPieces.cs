using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>
/// What is recorded of incoming blobs, with the fences of a real table. Every blob has an upload,
/// of generation 1 at first.
/// </summary>
internal sealed class MemoryPieces : IBlobPieces
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Row> _rows = [];

    /// <summary>The largest number that was reserved for a blob.</summary>
    public int Reserved(Guid blob)
    {
        lock (_lock)
            return _rows[blob].Reserved;
    }

    /// <summary>Gives a blob's upload to another node.</summary>
    /// <returns>The new generation.</returns>
    public long TakeOver(Guid blob)
    {
        lock (_lock)
            return ++RowOf(blob).Generation;
    }

    public Task<BlobPieces?> Find(Guid blob, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            var row = RowOf(blob);
            return Task.FromResult(
                row.Upload is null && row.Pieces.Count == 0 ? null : new BlobPieces(row.Upload, [.. row.Pieces]));
        }
    }

    public Task<string?> Begin(Guid blob, long generation, string multipartUpload) =>
        Change(blob, generation, row => row.Upload ??= multipartUpload, null);

    public Task<int?> Reserve(Guid blob, long generation, int count) =>
        Change<int?>(blob, generation, row => (row.Reserved += count) - count + 1, null);

    public Task<bool> Record(Guid blob, long generation, BlobPiece piece) => Change(blob, generation, row =>
    {
        var kept = row.Pieces.TakeWhile(one => one.Offset + one.Length <= piece.Offset).ToList();
        if ((kept is [.., var last] ? last.Offset + last.Length : 0) != piece.Offset)
            return false;
        row.Pieces = [.. kept, piece];
        return true;
    }, false);

    public Task<bool> Cut(Guid blob, long generation, long offset) => Change(blob, generation, row =>
    {
        row.Pieces = [.. row.Pieces.TakeWhile(piece => piece.Offset + piece.Length <= offset)];
        return true;
    }, false);

    /// <summary>Whether nothing is forgotten, as after a crash before it.</summary>
    public bool Remembers { get; set; }

    public Task Forget(Guid blob)
    {
        if (Remembers)
            return Task.CompletedTask;
        lock (_lock)
        {
            var row = RowOf(blob);
            (row.Upload, row.Reserved, row.Pieces) = (null, 0, []);
        }
        return Task.CompletedTask;
    }

    private Task<T> Change<T>(Guid blob, long generation, Func<Row, T> change, T otherwise)
    {
        lock (_lock)
        {
            var row = RowOf(blob);
            return Task.FromResult(row.Generation == generation ? change(row) : otherwise);
        }
    }

    private Row RowOf(Guid blob)
    {
        if (!_rows.TryGetValue(blob, out var row))
            _rows[blob] = row = new Row();
        return row;
    }

    private sealed class Row
    {
        public long Generation { get; set; } = 1;

        public string? Upload { get; set; }

        public int Reserved { get; set; }

        public List<BlobPiece> Pieces { get; set; } = [];
    }
}
