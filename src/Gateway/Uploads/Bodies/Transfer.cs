using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Bodies;

/// <summary>
/// One request's worth of bytes on their way into an upload: tells the grains how far it is, and in between makes sure
/// that a crash does not cost a long body.
/// </summary>
internal sealed class Transfer
{
    /// <summary>The grains hear of an upload at most so often.</summary>
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Within a long body, a checkpoint is made each time so many bytes have come.</summary>
    private const long CheckpointBytes = 32 << 20;

    private readonly UploadHold _hold;
    private readonly IMediaWriter _writer;
    private readonly IUploads _uploads;
    private readonly IGrainFactory _grains;
    private readonly UploadExpiry _expiry;
    private readonly TimeProvider _time;
    private long _reportedAt;
    private long _reported;

    public Transfer(UploadHold hold, IMediaWriter writer, IUploads uploads, IGrainFactory grains, UploadExpiry expiry, TimeProvider time)
    {
        (_hold, _writer, _uploads, _grains, _expiry, _time) = (hold, writer, uploads, grains, expiry, time);
        (_reportedAt, _reported) = (time.GetTimestamp(), hold.Session.Offset);
        hold.Report = ReportNews;
    }

    /// <summary>The body says what it hashes to: from here on nothing counts before that is compared, whatever happens meanwhile.</summary>
    /// <exception cref="ProblemException">The upload has ended meanwhile.</exception>
    public async Task Expect(BodyDigest digest)
    {
        var session = _hold.Session;
        if (!await _uploads.MarkUnverified(session.Row.Job, session.Row.Media, session.Row.Incoming, session.Offset))
            throw Refusals.ToProblem(Refusal.Ended);
        _hold.Expect(digest);
    }

    /// <summary>Bytes were written.</summary>
    public ValueTask Received()
    {
        var isDue = _time.GetElapsedTime(_reportedAt) >= s_reportInterval;
        if (isDue)
            Report();
        if (_hold.IsAsked || _hold.Session.Offset - _writer.SafeOffset >= CheckpointBytes)
            return new ValueTask(Checkpoint()); // records the time as well
        return isDue && _expiry.Now - _hold.Session.Row.LastByteAt >= _expiry.RecordInterval
            ? new ValueTask(RecordByte())
            : ValueTask.CompletedTask;
    }

    /// <summary>When it ends, every byte so far is as safe as the deployment promises, and the expiry is put off.</summary>
    /// <exception cref="ProblemException">The upload has ended meanwhile.</exception>
    public async Task Checkpoint()
    {
        using var _ = UploadTelemetry.Checkpoint(_hold.Session.Row);
        await _writer.Sync();
        var row = _hold.Session.Row with { DurableOffset = _hold.Session.Offset, LastByteAt = _expiry.Now };
        if (!await _uploads.RecordOffset(row.Job, row.Media, row.Incoming, row.DurableOffset, row.LastByteAt))
            throw Refusals.ToProblem(Refusal.Ended);
        _hold.Session.Update(row);
        _hold.Session.SafeOffset = row.DurableOffset;
        _hold.WasPublished();
    }

    /// <summary>Puts off the expiry, though nothing is safe yet of what came, or ever will be.</summary>
    /// <exception cref="ProblemException">The upload has ended meanwhile.</exception>
    public async Task RecordByte()
    {
        var row = _hold.Session.Row with { LastByteAt = _expiry.Now };
        if (!await _uploads.RecordByte(row.Job, row.Media, row.Incoming, row.LastByteAt))
            throw Refusals.ToProblem(Refusal.Ended);
        _hold.Session.Update(row);
    }

    /// <summary>Tells the job's and the device's grain how far the upload is. Of a partial one they have never heard.</summary>
    public void Report()
    {
        (_reportedAt, _reported) = (_time.GetTimestamp(), _hold.Session.Offset);
        var row = _hold.Session.Row;
        if (row.IsPartial)
            return;
        var now = _time.GetUtcNow();
        GrainCalls.Tell(_grains.Job(row.Job).Chunk(new ChunkReceived(row.Media, row.Device, _reported, row.Length, now)));
        if (row.Device.Length > 0)
            GrainCalls.Tell(_grains.Device(row.Device).Chunk(new DeviceChunk(row.Job, row.Media, _reported, now)));
    }

    /// <summary>Bytes that came before a pause are told all the same.</summary>
    private void ReportNews()
    {
        if (_hold.Session.Offset != Volatile.Read(ref _reported))
            Report();
    }
}
