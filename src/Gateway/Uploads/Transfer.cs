using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// One request's worth of bytes on their way into an upload: tells the grains how far it is, and in between makes sure
/// that a crash does not cost a long body.
/// </summary>
internal sealed class Transfer(UploadHold hold, IMediaWriter writer, IUploads uploads, IGrainFactory grains, IngestOptions options, TimeProvider time)
{
    /// <summary>The grains hear of an upload at most so often.</summary>
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Within a long body, a checkpoint is made each time so many bytes have come.</summary>
    private const long CheckpointBytes = 32 << 20;

    private long _reportedAt = time.GetTimestamp();

    /// <summary>Bytes were written.</summary>
    public ValueTask Received()
    {
        if (time.GetElapsedTime(_reportedAt) >= s_reportInterval)
            Report();
        return writer.Offset - writer.SafeOffset >= CheckpointBytes
            ? new ValueTask(Checkpoint())
            : ValueTask.CompletedTask;
    }

    /// <summary>When it ends, every byte so far is as safe as the deployment promises, and the expiry is put off.</summary>
    /// <exception cref="ProblemException">The upload has ended meanwhile.</exception>
    public async Task Checkpoint()
    {
        await writer.Sync();
        var row = hold.Session.Row with { DurableOffset = writer.Offset, ExpiresAt = time.GetUtcNow() + options.UploadExpiry };
        if (!await uploads.RecordOffset(row.Job, row.Media, row.Place, row.DurableOffset, row.ExpiresAt))
            throw Refusals.ToProblem(Refusal.Ended);
        hold.Session.Update(row);
        hold.Session.SafeOffset = writer.Offset;
    }

    /// <summary>Tells the job's and the device's grain how far the upload is.</summary>
    public void Report()
    {
        _reportedAt = time.GetTimestamp();
        var row = hold.Session.Row;
        var now = time.GetUtcNow();
        GrainCalls.Tell(grains.Job(row.Job).Chunk(new ChunkReceived(row.Media, row.Device, writer.Offset, row.Length, now)));
        if (row.Device.Length > 0)
            GrainCalls.Tell(grains.Device(row.Device).Chunk(new DeviceChunk(row.Job, row.Media, writer.Offset, now)));
    }
}
