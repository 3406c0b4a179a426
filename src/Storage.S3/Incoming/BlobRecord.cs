using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>
/// What is recorded of an incoming blob, as one writer of it knows it: parts, then tails. Every
/// change is recorded before it counts, and only if the upload still has the writer's generation.
/// </summary>
internal sealed class BlobRecord(S3Context context, BlobId blob, long generation, BlobPieces? recorded)
{
    /// <summary>The largest number of part numbers that are reserved at once.</summary>
    private const int MaxReserved = 16;

    private readonly IBlobPieces _rows = context.PiecesOf(generation);
    private readonly List<BlobPiece> _pieces = [.. recorded?.Pieces ?? []];
    private string? _upload = recorded?.MultipartUpload;
    private (int Next, int End) _reserved;
    private int _sent;

    /// <summary>The blob.</summary>
    public BlobId Blob => blob;

    /// <summary>The generation of the upload that has the blob; 0 if none has.</summary>
    public long Generation => generation;

    /// <summary>The key of the blob's object.</summary>
    public string Key { get; } = context.Keys.Of(blob.Uuid);

    /// <summary>The parts of the multipart upload, in order.</summary>
    public IEnumerable<BlobPiece> Parts => _pieces.TakeWhile(piece => !piece.IsTail);

    /// <summary>The tails behind the parts, in order.</summary>
    public IEnumerable<BlobPiece> Tails => _pieces.SkipWhile(piece => !piece.IsTail);

    /// <summary>Whether anything is recorded.</summary>
    public bool IsEmpty => _pieces.Count == 0 && _upload is null;

    /// <summary>The number of recorded bytes.</summary>
    public long Length => End(_pieces.Count);

    /// <summary>How many part numbers are used up, as far as this writer knows.</summary>
    public int NumbersUsed { get; private set; } = recorded?.Pieces.Max(piece => (int?)piece.Part) ?? 0;

    /// <summary>
    /// Tails that parts contain. They are kept until the next writer opens the blob: until then
    /// the upload may have to go back to where one of them ends.
    /// </summary>
    public List<Tail> Absorbed { get; } = [];

    /// <summary>The multipart upload, if one was started.</summary>
    public MultipartName? Started => _upload is null ? null : new MultipartName(Key, _upload);

    /// <summary>The multipart upload. It is started when it is needed first.</summary>
    public async Task<MultipartName> Multipart()
    {
        if (_upload is null)
        {
            var mine = new MultipartName(Key, await context.Bucket.StartUpload(Key));
            _upload = await _rows.Begin(blob.Uuid, generation, mine.Id);
            if (_upload != mine.Id)
                await context.Bucket.Abort(mine);
        }
        return Started ?? throw Lost();
    }

    /// <summary>
    /// A part number that no other writer uses. Numbers are reserved in growing batches, so that
    /// few are wasted: there are only 10 000.
    /// </summary>
    public async Task<int> NextNumber()
    {
        if (_reserved.Next == _reserved.End)
        {
            var count = Math.Clamp(_sent / 4, 1, MaxReserved);
            var first = await _rows.Reserve(blob.Uuid, generation, count) ?? throw Lost();
            _reserved = (first, first + count);
        }
        if (_reserved.Next > PartSizes.MaxNumber)
            throw new IOException("The upload was cut too often: it has no part numbers left. Create it again.");
        _sent++;
        return NumbersUsed = _reserved.Next++;
    }

    /// <summary>Records a piece that is in the store.</summary>
    /// <exception cref="IOException">Another node has the upload, or it has ended.</exception>
    public async Task Record(BlobPiece piece)
    {
        if (!await _rows.Record(blob.Uuid, generation, piece))
            throw Lost();
        _pieces.RemoveRange(CountUpTo(piece.Offset), _pieces.Count - CountUpTo(piece.Offset));
        _pieces.Add(piece);
    }

    /// <summary>
    /// Forgets everything behind an offset. If it lies within a piece, the beginning of that piece
    /// becomes a tail first: what is before the offset stays recorded at every moment.
    /// </summary>
    /// <exception cref="IOException">
    /// Another node has the upload, or the piece's beginning cannot be read.
    /// </exception>
    public async Task CutAt(long offset, CancellationToken cancellation)
    {
        if (offset == Length)
            return;
        var count = CountUpTo(offset);
        var dropped = _pieces[count..];
        if (End(count) < offset)
            await Record(await TailOf(_pieces[count], offset, cancellation));
        else if (await _rows.Cut(blob.Uuid, generation, offset))
            _pieces.RemoveRange(count, _pieces.Count - count);
        else
            throw Lost();
        await Delete(dropped.SelectMany(Objects));
    }

    /// <summary>
    /// Deletes tails that nothing needs. One of them may have the name of a tail that was written
    /// again: that one stays.
    /// </summary>
    public Task Delete(IEnumerable<Tail> tails) => context.Delete(
        tails.Except(Tails.Select(Tail.Of)).Select(tail => context.Keys.Of(blob.Uuid, tail)));

    /// <summary>What is thrown if a write finds another generation.</summary>
    public static IOException Lost() => new("Another node has this upload now, or it has ended.");

    /// <summary>The ranges of tails.</summary>
    public IEnumerable<ObjectRange> Ranges(IEnumerable<BlobPiece> tails) =>
        tails.Select(tail => context.RangeOf(blob.Uuid, Tail.Of(tail)));

    /// <summary>Makes a tail of the beginning of a piece.</summary>
    private async Task<BlobPiece> TailOf(BlobPiece piece, long offset, CancellationToken cancellation)
    {
        var ranges = new List<ObjectRange>();
        var end = piece.Offset;
        foreach (var source in Objects(piece).TakeWhile(source => source.Offset == end && end < offset))
        {
            var length = Math.Min(source.End, offset) - end;
            ranges.Add(context.RangeOf(blob.Uuid, source) with { Length = length });
            end += length;
        }
        if (end != offset)
            throw new IOException("The upload cannot go back there: the bytes before it are inside a part.");
        var tail = new Tail(generation, piece.Offset, offset - piece.Offset);
        var tag = await context.Bucket.Put(
            context.Keys.Of(blob.Uuid, tail), new Body(ranges), onlyIfNew: false, cancellation);
        return new BlobPiece(generation, Part: 0, tail.Offset, tail.Length, tag!);
    }

    private static IEnumerable<Tail> Objects(BlobPiece piece) =>
        piece.IsTail ? [Tail.Of(piece)] : PieceTag.Tails(piece);

    private int CountUpTo(long offset)
    {
        var count = _pieces.Count;
        while (End(count) > offset)
            count--;
        return count;
    }

    private long End(int count) => count == 0 ? 0 : _pieces[count - 1].Offset + _pieces[count - 1].Length;
}
