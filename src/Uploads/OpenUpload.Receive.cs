using System.Buffers;
using System.IO.Pipelines;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Formats;

namespace OrleansIngest.Uploads;

// How bytes come in: request pipe → media store and hash, without a copy, and with only the pipe's
// own window in memory.
public sealed partial class OpenUpload
{
    /// <summary>The grains hear of an upload's progress at most this often.</summary>
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMilliseconds(250);

    private static readonly UploadFailure s_tooLong =
        new(FailureReason.Terminated, "The client sent more bytes than it had said there are.", Retryable: true);

    /// <summary>
    /// Within a long body, a checkpoint is made each time this many bytes have come.
    /// </summary>
    private const long CheckpointBytes = 32 << 20;

    /// <summary>
    /// A small body that counts only as a whole is gathered up to this size before it is written.
    /// </summary>
    private const long Block = 64 * 1024;

    private long _reportedAt;
    private long _reported;
    private UnverifiedBody? _unverified;
    private FormatGate? _gate;
    private bool _hasJustCome;

    /// <summary>
    /// Looks whether a body can go where its client believes that the upload is, and sets the
    /// length that comes with it.
    /// </summary>
    /// <returns>Null, or why not.</returns>
    public async Task<UploadRefusal?> Begin(UploadBody body)
    {
        if (!body.ComesWithCreation && await EndIfExpired())
            return Expired;
        if (await GoBackTo(body.Offset) is { } ended)
            return ended;
        if (body.Offset != Offset)
            return UploadRefusal.WrongOffset(Offset, body.Offset);
        if (body.Length < Offset)
            return new UploadRefusal(RefusalReason.LengthTooShort) { Offset = Offset };
        var length = body.Length ?? Row.Length;
        if (!IsWhole && body.ContentLength > (length ?? _context.Options.MaxSize) - Offset)
            return _context.TooLong(length);
        return body.Length is { } said && said != Row.Length ? await SetLength(said) : null;
    }

    /// <summary>Adds a body, and completes the upload with its last byte.</summary>
    public async Task<UploadOutcome> Append(UploadBody body)
    {
        var end = await Receive(body);
        if (end == BodyEnd.Ended)
            return await Lost();
        if (body.IsLast && end == BodyEnd.Whole && !IsWhole && await SetLength(Offset) is { } refused)
            return refused;
        if (IsWhole && end is not (BodyEnd.TooLong or BodyEnd.Wrong))
        {
            _hasJustCome = true;
            return await Complete();
        }
        if (end == BodyEnd.BadFormat)
            await Fail(FormatRules.Failure);
        if (body.MustFit && end == BodyEnd.TooLong)
            await Fail(s_tooLong);
        return Refused(end) is { } refusal ? refusal : Status();
    }

    /// <summary>
    /// Receives the body of a file that comes whole with its creation: nothing counts unless all of
    /// it comes.
    /// </summary>
    /// <returns>Null, or why the file is refused.</returns>
    public async Task<UploadRefusal?> ReceiveWhole(UploadBody body)
    {
        _unverified = body.Digest is null ? null : new UnverifiedBody(body.Digest, _state.Hash?.Clone());
        _gate = await _context.Formats.Gate(Row, Offset, isVerified: body.Digest is not null);
        await using var writer = await _context.Store.Append(Row.Incoming, Offset);
        var end = await Pump(body, writer, gather: Math.Max(1, Row.Length ?? long.MaxValue));
        if (Row.Length is { } length && (end == BodyEnd.TooLong || (end == BodyEnd.Whole && length != Offset)))
            return new UploadRefusal(RefusalReason.InconsistentLength)
            {
                Length = length,
                Offset = end == BodyEnd.TooLong ? null : Offset,
            };
        return Refused(end);
    }

    /// <summary>
    /// What the client of a body that ended like this is told; null if it ended well.
    /// </summary>
    internal UploadRefusal? Refused(BodyEnd end) => end switch
    {
        BodyEnd.Whole => null,
        BodyEnd.Wrong => new(RefusalReason.WrongDigest),
        BodyEnd.TooLong => _context.TooLong(Row.Length),
        BodyEnd.StoreFull => new(RefusalReason.StoreFull),
        BodyEnd.BadFormat => new(RefusalReason.BadFormat),
        _ => _context.Bodies.Refused(end),
    };

    /// <summary>
    /// Receives a body. However it ends, what has come of it is recorded; but not if the upload has
    /// all of its bytes, for then its completion records that.
    /// </summary>
    private async Task<BodyEnd> Receive(UploadBody body)
    {
        if (body.ContentLength == 0)
            return body.Digest?.Matches() == false ? BodyEnd.Wrong : BodyEnd.Whole;
        try
        {
            _gate = await _context.Formats.Gate(Row, Offset, isVerified: body.Digest is not null);
            await using var writer = await _context.Store.Append(Row.Incoming, Offset, Row.Generation);
            if (body.Digest is { } digest && !await Expect(digest))
                return BodyEnd.Ended;
            var end = await Pump(body, writer);
            return end != BodyEnd.Ended && await Record(body, end, writer) ? end : BodyEnd.Ended;
        }
        catch
        {
            Forget();
            throw;
        }
    }

    /// <summary>
    /// A body with a digest: from here on no byte counts before the digest is compared. The row
    /// says so before the first byte is written, because a crash may come at any time.
    /// </summary>
    private async Task<bool> Expect(IBodyDigest digest)
    {
        _unverified = new UnverifiedBody(digest, _state.Hash?.Clone());
        return await _context.Rows.MarkUnverified(Row.Fence, Offset);
    }

    /// <summary>
    /// Moves bytes from the pipe to the store until the body ends. <paramref name="gather"/> is
    /// more than 0 if nothing counts unless that many bytes come: then they are written a block at
    /// a time, and there are no checkpoints.
    /// </summary>
    private async Task<BodyEnd> Pump(UploadBody body, IMediaWriter writer, long gather = 0)
    {
        _lease.Report = gather == 0 ? ReportNews : null;
        _lease.Reads(body.Bytes);
        _context.Bodies.Add(_lease);
        var (start, step) = (writer.Offset, UploadTelemetry.Receive(Row, Offset));
        BodyEnd? end = null;
        try
        {
            while (end is null)
            {
                ReadResult read;
                try
                {
                    _lease.Waits();
                    read = await body.Bytes.ReadAsync();
                    _lease.Moves(hasBytes: read.IsCompleted || !read.Buffer.IsEmpty);
                }
                catch (Exception e) when (RequestBody.IsCut(e))
                {
                    return (end = BodyEnd.Cut).Value;
                }
                if (!WaitsForMore(read, body.Bytes, gather - writer.Offset))
                    end = await Take(read, body, writer, gather);
            }
            return (end = end == BodyEnd.Whole && !Accept(writer) ? BodyEnd.Wrong : end).Value;
        }
        finally
        {
            _context.Bodies.Remove(_lease);
            UploadTelemetry.Received(step, writer.Offset - start, end);
        }
    }

    /// <summary>
    /// A small body is gathered further before it is written: what has come stays in the pipe.
    /// </summary>
    private bool WaitsForMore(ReadResult read, PipeReader pipe, long wanted) =>
        read.Buffer.Length < Math.Min(wanted, Block) && !read.IsCompleted && !_lease.IsStopped
        && RequestBody.TryAdvance(pipe, read.Buffer.Start, read.Buffer.End);

    /// <summary>
    /// Writes and hashes what has come, if there is room for it and the job takes it.
    /// </summary>
    /// <returns>How the body ended; null if it goes on.</returns>
    private async ValueTask<BodyEnd?> Take(ReadResult read, UploadBody body, IMediaWriter writer, long gather)
    {
        var isConnected = true;
        try
        {
            if (Refuse(read.Buffer, writer) is { } refused)
                return refused;
            await writer.Write(read.Buffer);
            Count(read.Buffer, writer);
        }
        catch (StoreFullException)
        {
            return BodyEnd.StoreFull;
        }
        finally
        {
            // Also if the store failed: the request is answered all the same, so its pipe must be
            // in order.
            isConnected = RequestBody.TryAdvance(body.Bytes, read.Buffer.End, read.Buffer.End);
        }
        if (!isConnected)
            return BodyEnd.Cut;
        if (gather == 0 && !await Wrote(body, writer))
            return BodyEnd.Ended;
        return read.IsCompleted ? BodyEnd.Whole : _lease.IsStopped ? BodyEnd.Stopped : null;
    }

    private BodyEnd? Refuse(ReadOnlySequence<byte> bytes, IMediaWriter writer)
    {
        if (bytes.Length > (Row.Length ?? _context.Options.MaxSize) - writer.Offset)
            return BodyEnd.TooLong;
        return _gate?.Admits(bytes) == false ? BodyEnd.BadFormat : null;
    }

    private void Count(ReadOnlySequence<byte> bytes, IMediaWriter writer)
    {
        if (_unverified is not null)
        {
            _unverified.Append(bytes);
            return;
        }
        _state.Hash?.Append(bytes);
        _state.Count(writer);
    }

    /// <summary>
    /// All of a body was written. If it has a digest, its bytes count now or never.
    /// </summary>
    private bool Accept(IMediaWriter writer)
    {
        if (_unverified is null)
            return true;
        if (!_unverified.Matches())
            return false;
        _state.DropHash();
        _state.Hash = _unverified.TakeHash();
        _state.Count(writer);
        return true;
    }

    /// <summary>After each write: what is due is reported, recorded or made durable.</summary>
    /// <returns>False if the upload has ended meanwhile.</returns>
    private async ValueTask<bool> Wrote(UploadBody body, IMediaWriter writer)
    {
        var isDue = _context.Time.GetElapsedTime(_reportedAt) >= s_reportInterval;
        if (isDue)
            Report();
        var isOpen = true;
        if (_lease.IsAsked || Offset - writer.SafeOffset >= CheckpointBytes)
            isOpen = await Checkpoint(writer); // records the time as well
        else if (isDue && _context.Expiry.Now - Row.LastByteAt >= _context.Expiry.RecordInterval)
            isOpen = await RecordByte();
        if (isOpen && body.Progress is { } progress)
            await progress(this);
        return isOpen;
    }

    /// <summary>A body has ended: records what came of it.</summary>
    /// <returns>False if the upload has ended meanwhile.</returns>
    private async ValueTask<bool> Record(UploadBody body, BodyEnd end, IMediaWriter writer)
    {
        // A completion, if one follows, records the last byte; but of bytes with a digest a
        // checkpoint must say that they count.
        var isToBeRecorded = body.Digest is null
            ? !(IsWhole && !Row.IsPartial) || end == BodyEnd.TooLong
            : end == BodyEnd.Whole;
        if (!isToBeRecorded)
            return end == BodyEnd.Whole || await RecordByte();
        var isOpen = await Checkpoint(writer);
        Report();
        return isOpen;
    }

    /// <summary>
    /// When it ends, every byte so far is as durable as the deployment promises, and the expiry is
    /// put off.
    /// </summary>
    /// <returns>False if the upload has ended meanwhile.</returns>
    private async Task<bool> Checkpoint(IMediaWriter writer)
    {
        using var _ = UploadTelemetry.Checkpoint(Row);
        await writer.Sync();
        var row = Row with { DurableOffset = Offset, LastByteAt = _context.Expiry.Now };
        if (!await _context.Rows.RecordOffset(row.Fence, row.DurableOffset, row.LastByteAt))
            return false;
        _state.Row = row;
        _state.SafeOffset = row.DurableOffset;
        _lease.WasPublished();
        return true;
    }

    /// <summary>
    /// Puts the expiry off, though nothing of what came is durable yet, or ever will be.
    /// </summary>
    private async Task<bool> RecordByte()
    {
        var row = Row with { LastByteAt = _context.Expiry.Now };
        if (!await _context.Rows.RecordByte(row.Fence, row.LastByteAt))
            return false;
        _state.Row = row;
        return true;
    }

    /// <summary>
    /// The client goes on where it was promised that it could. What has come since then, on a
    /// connection that it had lost, does not count and is cut off. That is recorded first: the row
    /// must never say more than the store has.
    /// </summary>
    /// <returns>Null, or that the upload has ended.</returns>
    private async Task<UploadRefusal?> GoBackTo(long offset)
    {
        if (!_state.TryGoBack(offset))
            return null;
        _lease.Start = offset;
        try
        {
            var row = Row with { DurableOffset = offset };
            if (!await _context.Rows.RecordOffset(row.Fence, offset, row.LastByteAt))
                return await Lost();
            await using (await _context.Store.Append(row.Incoming, offset, row.Generation))
                _state.Row = row;
            return null;
        }
        catch
        {
            Forget(); // how far it came is not known: the upload is looked up anew
            throw;
        }
    }

    private void Report()
    {
        (_reportedAt, _reported) = (_context.Time.GetTimestamp(), Offset);
        _context.Jobs.TellProgress(Row, _reported);
    }

    /// <summary>Bytes that came before a pause are reported, too.</summary>
    private void ReportNews()
    {
        if (Offset != Volatile.Read(ref _reported))
            Report();
    }
}
