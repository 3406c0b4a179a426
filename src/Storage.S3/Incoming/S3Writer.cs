using System.Buffers;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>
/// Appends to a blob. Bytes gather in memory until they are a part; it is sent while the next one
/// gathers. What is left when the writer is disposed stays for a while, because the blob may be
/// finished next.
/// </summary>
internal sealed class S3Writer : IMediaWriter
{
    /// <summary>
    /// If the part that gathers has so many tails, they are joined: it is read from them later.
    /// </summary>
    private const int MaxTails = 64;

    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(1);

    private readonly S3Context _context;
    private readonly long? _whole;
    private readonly Action<S3Writer> _released;
    private readonly Lock _ending = new();

    // The part that gathers: recorded tails, and behind them the bytes in memory.
    private List<BlobPiece> _tails;
    private Blocks _rest;
    private long _start;
    private long _size;

    private Task _sending = Task.CompletedTask;
    private long _safeOffset;
    private IOException? _failure;
    private ITimer? _timer;
    private bool _isReleased;

    /// <summary>Appends at the end of what is recorded.</summary>
    /// <param name="context">What all blobs share.</param>
    /// <param name="record">What is recorded.</param>
    /// <param name="whole">The length of a blob that comes whole; null if it is not known.</param>
    /// <param name="released">Called when the writer keeps nothing any more.</param>
    public S3Writer(S3Context context, BlobRecord record, long? whole, Action<S3Writer> released)
    {
        (_context, Record, _whole, _released) = (context, record, whole, released);
        (_tails, _rest) = ([.. record.Tails], new Blocks(context.Pool));
        Offset = _safeOffset = record.Length;
        _start = _tails is [var first, ..] ? first.Offset : Offset;
        _size = NextSize();
    }

    /// <summary>What is recorded of the blob. Not to be used before <see cref="Sent"/>.</summary>
    public BlobRecord Record { get; }

    /// <inheritdoc/>
    public long Offset { get; private set; }

    /// <inheritdoc/>
    public long SafeOffset => Volatile.Read(ref _safeOffset);

    /// <summary>The length that the blob must have; null if any will do.</summary>
    public long? Whole => _whole;

    /// <summary>Whether a request still writes.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>The bytes that no part contains: tails, and what is in memory.</summary>
    public Body Rest => new([.. Record.Ranges(_tails)], _rest);

    /// <inheritdoc/>
    public async ValueTask Write(ReadOnlySequence<byte> bytes, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (bytes.Length > (_whole ?? S3Limits.LargestBlob) - Offset)
            throw new IOException("The blob has no room for so many bytes.");
        ThrowIfFailed();
        foreach (var segment in bytes)
        {
            for (var left = segment; !left.IsEmpty;)
                left = left[await Add(left, cancellation)..];
        }
    }

    /// <inheritdoc/>
    public async ValueTask Sync(CancellationToken cancellation = default)
    {
        await Sent();
        if (Offset == SafeOffset)
            return;
        if (Offset - _start >= PartSizes.Smallest && !IsSmall)
        {
            await StartPart();
            await Sent();
        }
        else
        {
            await Failing(SendTail());
        }
    }

    /// <summary>Waits until the parts that are on their way are recorded.</summary>
    /// <exception cref="IOException">
    /// A part could not be sent; the writer is of no more use.
    /// </exception>
    public async Task Sent()
    {
        ThrowIfFailed();
        await Failing(_sending);
    }

    /// <summary>
    /// Keeps what is in memory for a minute: the blob may be finished now. If it is not, nothing
    /// of that counts.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_ending)
            IsOpen = false;
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_ending)
        {
            if (!_isReleased && _failure is null)
                _timer ??= _context.Time.CreateTimer(_ => Release(), state: null, s_kept, Timeout.InfiniteTimeSpan);
        }
        if (_failure is not null)
            Release();
    }

    /// <summary>
    /// Ends the writing: the blob is freed, or is written anew. A request that still writes finds
    /// out with its next bytes, and gives the memory back itself.
    /// </summary>
    public async Task Abandon()
    {
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_ending)
        {
            _failure ??= new IOException("The blob was freed, or another request writes it.");
            if (IsOpen)
                return;
        }
        Release();
    }

    /// <summary>Gives back the memory. Bytes that are not recorded do not count any more.</summary>
    public void Release()
    {
        lock (_ending)
        {
            _timer?.Dispose();
            if (!_isReleased && Offset > SafeOffset)
                _failure ??= new IOException("The bytes that were not synced were given up.");
            _isReleased = true;
            _rest.Dispose();
        }
        _released(this);
    }

    /// <summary>
    /// Asks whether the blob can be finished with what this writer has: none of it failed or was
    /// given up. If so, it is kept until <see cref="Release"/>.
    /// </summary>
    public bool TryKeep()
    {
        lock (_ending)
        {
            _timer?.Dispose();
            return !_isReleased && _failure is null;
        }
    }

    private bool IsSmall => _whole <= S3Limits.SmallBody;

    private async ValueTask<int> Add(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (!_rest.HasRoom)
        {
            var block = _context.Pool.TryRent() ?? await WaitForBlock(cancellation);
            _rest.Add(block); // only now: to get a block, the others may have been sent
        }
        var count = _rest.Fill(bytes.Span[..(int)Math.Min(bytes.Length, _size - (Offset - _start))]);
        Offset += count;
        if (Offset - _start == _size)
            await StartPart();
        return count;
    }

    /// <summary>
    /// The memory budget is used up. This writer must not wait while it holds memory itself: if
    /// all did so, none could go on. So what it has becomes a tail first.
    /// </summary>
    private async ValueTask<byte[]> WaitForBlock(CancellationToken cancellation)
    {
        await Sent();
        if (_context.Pool.TryRent() is { } block)
            return block;
        if (_rest.Length > 0)
            await Failing(SendTail());
        return await _context.Pool.Rent(cancellation);
    }

    /// <summary>
    /// Begins to send the part that has gathered, when the one before it is sent.
    /// </summary>
    private async Task StartPart()
    {
        await Sent();
        var (tails, rest, start, length) = (_tails, _rest, _start, Offset - _start);
        (_tails, _rest, _start) = ([], new Blocks(_context.Pool), Offset);
        _sending = SendPart(tails, rest, start, length);
        _size = NextSize();
    }

    private async Task SendPart(List<BlobPiece> tails, Blocks rest, long start, long length)
    {
        using (rest)
        {
            var upload = await Record.Multipart();
            var number = await Record.NextNumber();
            var tag = await _context.Bucket.PutPart(upload, number, new Body([.. Record.Ranges(tails)], rest));
            await Record.Record(new BlobPiece(Record.Generation, number, start, length, PieceTag.Of(tag, tails)));
            Record.Absorbed.AddRange(tails.Select(Tail.Of));
            Volatile.Write(ref _safeOffset, start + length);
        }
    }

    private async Task SendTail()
    {
        var joined = _tails.Count < MaxTails ? [] : _tails;
        var start = joined is [var first, ..] ? first.Offset : SafeOffset;
        var tail = new Tail(Record.Generation, start, Offset - start);
        var tag = await _context.Bucket.Put(
            KeyOf(tail), new Body([.. Record.Ranges(joined)], _rest), onlyIfNew: false);
        var piece = new BlobPiece(tail.Generation, Part: 0, tail.Offset, tail.Length, tag!);
        await Record.Record(piece);
        _tails = joined.Count > 0 ? [piece] : [.. _tails, piece];
        _rest.Dispose();
        Volatile.Write(ref _safeOffset, Offset);
        await _context.Delete(joined.Select(one => KeyOf(Tail.Of(one))));
    }

    private string KeyOf(Tail tail) => _context.Keys.Of(Record.Blob.Uuid, tail);

    /// <summary>
    /// A small file that comes whole is put as one object, so its size is no limit.
    /// </summary>
    private long NextSize() =>
        IsSmall ? long.MaxValue : PartSizes.Of(_start, Record.NumbersUsed);

    private async Task Failing(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception e)
        {
            _failure ??= e as IOException ?? new IOException(e.Message, e);
            throw;
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new IOException(failure.Message, failure);
    }
}
