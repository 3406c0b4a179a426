using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads;

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
}

/// <summary>
/// The way of a byte: request pipe → hash → media store, without a copy and with nothing but the pipe's own window in
/// memory. Whatever came is written, however the body ends.
/// </summary>
internal sealed class BodyReceiver(IngestOptions options)
{
    private readonly ConcurrentDictionary<UploadHold, byte> _active = new();

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

    /// <summary>Stops all bodies: what came is kept.</summary>
    public void StopAll()
    {
        foreach (var (hold, _) in _active)
            hold.Stop();
    }

    /// <summary>Receives a body into an upload that is held.</summary>
    /// <param name="body">Where bytes come from.</param>
    /// <param name="writer">Where they go.</param>
    /// <param name="hold">The upload; its offset and hash move with the bytes.</param>
    /// <param name="received">Told after each write.</param>
    public async Task<BodyEnd> Receive(PipeReader body, IMediaWriter writer, UploadHold hold, Func<ValueTask> received)
    {
        hold.Reads(body);
        _active[hold] = 0;
        try
        {
            return await Pump(body, writer, hold, received);
        }
        finally
        {
            _active.TryRemove(hold, out _);
        }
    }

    private async Task<BodyEnd> Pump(PipeReader body, IMediaWriter writer, UploadHold hold, Func<ValueTask> received)
    {
        while (true)
        {
            hold.Waits();
            var read = await TryRead(body);
            hold.Moves();
            if (read is not { } result)
                return BodyEnd.Cut;
            var bytes = result.Buffer;
            if (bytes.Length > (hold.Session.Row.Length ?? options.MaxUploadBytes) - writer.Offset)
            {
                body.AdvanceTo(bytes.End);
                return BodyEnd.TooLong;
            }
            if (!await Take(bytes, writer, hold, body))
                return BodyEnd.Cut;
            await received();
            if (result.IsCompleted)
                return BodyEnd.Whole;
            if (hold.IsStopped)
                return BodyEnd.Stopped;
        }
    }

    /// <summary>Hashes and writes what came; false if the connection broke meanwhile.</summary>
    private static async ValueTask<bool> Take(ReadOnlySequence<byte> bytes, IMediaWriter writer, UploadHold hold, PipeReader body)
    {
        var session = hold.Session;
        try
        {
            session.Hash?.Append(bytes);
            await writer.Write(bytes);
        }
        catch
        {
            session.DropHash();
            throw;
        }
        finally
        {
            session.Offset = writer.Offset;
            session.SafeOffset = Math.Max(session.SafeOffset, writer.SafeOffset);
        }
        return TryAdvance(body, bytes.End);
    }

    /// <summary>On HTTP/2 a stream that was reset says so here.</summary>
    private static bool TryAdvance(PipeReader body, SequencePosition end)
    {
        try
        {
            body.AdvanceTo(end);
            return true;
        }
        catch (Exception e) when (ConnectionCutException.IsMeantBy(e))
        {
            return false;
        }
    }

    /// <summary>Null if the connection broke.</summary>
    private static async ValueTask<ReadResult?> TryRead(PipeReader body)
    {
        try
        {
            return await body.ReadAsync();
        }
        catch (Exception e) when (ConnectionCutException.IsMeantBy(e))
        {
            return null;
        }
    }
}

/// <summary>The client is gone; there is nobody to answer.</summary>
internal sealed class ConnectionCutException() : Exception("The connection broke.")
{
    /// <summary>Whether this is what Kestrel throws then: that depends on how the connection broke, and when.</summary>
    public static bool IsMeantBy(Exception e) => e is IOException or OperationCanceledException or InvalidOperationException;
}
