using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads.Bodies;

/// <summary>How a body ended.</summary>
internal enum BodyEnd
{
    /// <summary>All of it came.</summary>
    Whole,

    /// <summary>Somebody wanted us to stop: a newcomer, the silence limit, or the end of the process.</summary>
    Stopped,

    /// <summary>The connection broke.</summary>
    Cut,

    /// <summary>It is longer than the upload has room for.</summary>
    TooLong,

    /// <summary>The store has no room for more of it.</summary>
    StoreFull,

    /// <summary>All of it came, and it is not what its digest says.</summary>
    Wrong,

    /// <summary>It is not what the job takes.</summary>
    BadFormat,
}

/// <summary>
/// The way of a byte: request pipe → media store and hash, without a copy and with nothing but the pipe's own window in
/// memory. Whatever came is written, however the body ends; of one with a digest all counts, or nothing.
/// </summary>
internal sealed class BodyReceiver(IngestOptions options)
{
    /// <summary>What is gathered at most before it is written.</summary>
    private const long Block = 64 * 1024;

    private readonly ConcurrentDictionary<UploadHold, byte> _active = new();
    private volatile bool _isStopped;

    /// <summary>Looks after bodies that pause: what came is told, and those that are silent for too long are stopped.</summary>
    public void LookAfterPaused()
    {
        foreach (var (hold, _) in _active)
        {
            hold.Report?.Invoke();
            if (hold.Silence > options.BodySilence)
                hold.Stop();
        }
    }

    /// <summary>Stops all bodies, and those that begin from now on: what came is kept.</summary>
    public void StopAll()
    {
        _isStopped = true;
        foreach (var (hold, _) in _active)
            hold.Stop();
    }

    /// <summary>Receives a body into an upload that is held.</summary>
    /// <param name="body">Where bytes come from.</param>
    /// <param name="writer">Where they go.</param>
    /// <param name="hold">The upload; its offset and hash move with the bytes.</param>
    /// <param name="received">Told after each write.</param>
    /// <param name="gather">If nothing is needed unless all of it comes: how much that is. It is written a block at a time.</param>
    public async Task<BodyEnd> Receive(PipeReader body, IMediaWriter writer, UploadHold hold, Func<ValueTask> received, long gather = 0)
    {
        hold.Reads(body);
        _active[hold] = 0;
        if (_isStopped)
            hold.Stop();
        var (start, step) = (writer.Offset, UploadTelemetry.Receive(hold.Session));
        BodyEnd? end = null;
        try
        {
            end = await Pump(body, writer, hold, received, gather);
            return (end = end == BodyEnd.Whole && !hold.Accept(writer) ? BodyEnd.Wrong : end).Value;
        }
        finally
        {
            _active.TryRemove(hold, out _);
            UploadTelemetry.Received(step, writer.Offset - start, end);
        }
    }

    /// <summary>Receives a body that is to have no bytes. If it has some, they are left to be read.</summary>
    /// <param name="body">Where bytes would come from.</param>
    /// <param name="patience">Ends the wait for the first byte, or the end.</param>
    public static async Task<BodyEnd> ReceiveNothing(PipeReader body, CancellationToken patience)
    {
        try
        {
            var result = await body.ReadAsync(patience);
            body.AdvanceTo(result.Buffer.Start);
            return result.Buffer.IsEmpty ? BodyEnd.Whole : BodyEnd.TooLong;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return BodyEnd.Stopped;
        }
        catch (Exception e) when (ConnectionCutException.IsMeantBy(e))
        {
            return BodyEnd.Cut;
        }
    }

    private async Task<BodyEnd> Pump(PipeReader body, IMediaWriter writer, UploadHold hold, Func<ValueTask> received, long gather)
    {
        while (true)
        {
            ReadResult result;
            try
            {
                hold.Waits();
                result = await body.ReadAsync();
                hold.Moves(hasBytes: result.IsCompleted || !result.Buffer.IsEmpty);
            }
            catch (Exception e) when (ConnectionCutException.IsMeantBy(e))
            {
                return BodyEnd.Cut;
            }
            if (result.Buffer.Length < Math.Min(gather - writer.Offset, Block) && !result.IsCompleted && !hold.IsStopped && TryWait(body, result.Buffer))
                continue;
            var refused = await Take(result.Buffer, writer, hold, body);
            if (!TryAdvance(body, result.Buffer.End))
                return BodyEnd.Cut;
            if (refused is { } end)
                return end;
            await received();
            if (result.IsCompleted)
                return BodyEnd.Whole;
            if (hold.IsStopped)
                return BodyEnd.Stopped;
        }
    }

    /// <summary>Writes and hashes what came, unless there is no room for it.</summary>
    private async ValueTask<BodyEnd?> Take(ReadOnlySequence<byte> bytes, IMediaWriter writer, UploadHold hold, PipeReader body)
    {
        if (bytes.Length > (hold.Session.Row.Length ?? options.MaxUploadSize.Bytes) - writer.Offset)
            return BodyEnd.TooLong;
        try
        {
            await writer.Write(bytes);
        }
        catch (StoreFullException)
        {
            return BodyEnd.StoreFull;
        }
        catch (ProblemException e) when (e.Kind == ProblemKind.BadFormat)
        {
            return BodyEnd.BadFormat;
        }
        catch (IOException)
        {
            TryAdvance(body, bytes.End); // a request that is answered all the same needs its pipe in order
            throw;
        }
        hold.Wrote(bytes, writer);
        return null;
    }

    private static bool TryWait(PipeReader body, ReadOnlySequence<byte> bytes) => TryAdvance(body, bytes.Start, bytes.End);

    private static bool TryAdvance(PipeReader body, SequencePosition end) => TryAdvance(body, end, end);

    /// <summary>On HTTP/2 a stream that was reset says so here.</summary>
    private static bool TryAdvance(PipeReader body, SequencePosition consumed, SequencePosition examined)
    {
        try
        {
            body.AdvanceTo(consumed, examined);
            return true;
        }
        catch (Exception e) when (ConnectionCutException.IsMeantBy(e))
        {
            return false;
        }
    }
}

/// <summary>The client is gone; there is nobody to answer.</summary>
internal sealed class ConnectionCutException() : Exception("The connection broke.")
{
    /// <summary>Whether this is what Kestrel throws then: that depends on how the connection broke, and when.</summary>
    public static bool IsMeantBy(Exception e) => e is IOException or OperationCanceledException or InvalidOperationException;
}
