using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// The last byte is here. In this order: the bytes are durable, the job's grain decides, the journal commits, the client
/// is answered, and only then are bytes freed that nobody needs.
/// </summary>
internal sealed class UploadCompletion(IGrainFactory grains, IMediaStore store, UploadTable table, Leftovers leftovers, TimeProvider time)
{
    /// <summary>Completes an upload that is held and whole.</summary>
    /// <exception cref="ProblemException">Its bytes are not what the device promised, or it has ended meanwhile.</exception>
    /// <exception cref="IOException">The store fails: the upload has fallen back to what is safe.</exception>
    public async Task<Grains.Jobs.Media> Complete(UploadHold hold)
    {
        var session = hold.Session;
        using var _ = UploadTelemetry.Complete(session.Row);
        var command = await TryFinish(session);
        var reply = await GrainCalls.Call(() => grains.Job(session.Row.Job).Complete(command));
        table.Remove(session);
        return Settle(session.Row, command, reply);
    }

    /// <summary>Completes a body that came whole with its creation: one call decides both.</summary>
    /// <exception cref="ProblemException">As for <see cref="Complete"/>, or the id is taken.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    public async Task<Grains.Jobs.Media> Store(UploadSession session, CreateUpload create)
    {
        using var _ = UploadTelemetry.Complete(session.Row);
        var command = await Finish(session);
        leftovers.Clear(); // from here on a failure does not say that nobody needs the place
        var reply = await GrainCalls.Call(() => grains.Job(session.Row.Job).Store(create, command));
        table.Stop(session.Row.Job, create.Media);
        return Settle(session.Row, command, reply);
    }

    private async Task<CompleteUpload> TryFinish(UploadSession session)
    {
        try
        {
            return await Finish(session);
        }
        catch (IOException)
        {
            table.Remove(session);
            throw;
        }
    }

    /// <summary>
    /// The bytes become durable first, before anything that may take its time: a disk that could not write them says so once.
    /// </summary>
    private async Task<CompleteUpload> Finish(UploadSession session)
    {
        using var _ = UploadTelemetry.Finish();
        var (place, length) = (session.Row.Place, session.Offset);
        KillPoint.Reach(KillPoint.AfterLastByte);
        var location = await store.Finish(place, length);
        KillPoint.Reach(KillPoint.AfterSync);
        session.Hash ??= await Rehash(location);
        return new CompleteUpload
        {
            Media = session.Row.Media,
            Place = place,
            Length = length,
            Sha256 = session.Hash.Value(),
            MediaType = session.Hash.MediaType,
            Location = location,
        };
    }

    private Grains.Jobs.Media Settle(UploadRow row, CompleteUpload command, CompleteReply reply)
    {
        leftovers.Add(reply.Unneeded);
        if (reply.Refusal != Refusal.None)
            throw Refusals.ToProblem(reply.Refusal, reply.Expected, command.Sha256);
        TellDevice(row.Job, row.Device, row.Media);
        KillPoint.Reach(KillPoint.BeforeAnswer);
        return reply.Media!;
    }

    /// <summary>A media is safe: its device's grain takes it off the queue.</summary>
    public void TellDevice(string job, string device, Guid media)
    {
        if (device.Length > 0)
            GrainCalls.Tell(grains.Device(device).Settled(new SettledFiles(job, [media], time.GetUtcNow())));
    }

    /// <summary>The bytes came in more than one process or session: read them once more.</summary>
    private async Task<RunningHash> Rehash(string location)
    {
        var hash = new RunningHash();
        await using var reader = await store.Read(location);
        await hash.Append(reader);
        return hash;
    }
}
