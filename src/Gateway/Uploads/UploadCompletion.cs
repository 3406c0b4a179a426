using OrleansIngest.Gateway.Media;
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
    public async Task<Grains.Jobs.Media> Complete(UploadHold hold)
    {
        var session = hold.Session;
        var hash = session.Hash?.Finish() ?? await Rehash(session.Row.Place);
        session.DropHash();
        var command = await Finish(session.Row.Media, session.Row.Place, session.Offset, hash);
        var reply = await GrainCalls.Call(() => grains.Job(session.Row.Job).Complete(command));
        table.Remove(session);
        return Settle(session.Row.Job, session.Row.Device, command, reply);
    }

    /// <summary>Completes a body that came whole with its creation: one call decides both.</summary>
    /// <exception cref="ProblemException">As for <see cref="Complete"/>, or the id is taken.</exception>
    public async Task<Grains.Jobs.Media> Store(string job, CreateUpload create, long length, Sha256Hash hash)
    {
        var command = await Finish(create.Media, create.Place, length, hash);
        var reply = await GrainCalls.Call(() => grains.Job(job).Store(create, command));
        table.Stop(job, create.Media);
        return Settle(job, create.Device, command, reply);
    }

    private async Task<CompleteUpload> Finish(Guid media, string place, long length, Sha256Hash hash)
    {
        KillPoint.Reach(KillPoint.AfterLastByte);
        var command = new CompleteUpload
        {
            Media = media,
            Place = place,
            Length = length,
            Sha256 = hash,
            MediaType = await Sniff(place, length),
            Location = await store.Finish(place, length),
        };
        KillPoint.Reach(KillPoint.AfterSync);
        return command;
    }

    private Grains.Jobs.Media Settle(string job, string device, CompleteUpload command, CompleteReply reply)
    {
        leftovers.Add(reply.Unneeded);
        if (reply.Refusal != Refusal.None)
            throw Refusals.ToProblem(reply.Refusal, reply.Expected, command.Sha256);
        TellDevice(job, device, command.Media);
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
    private async Task<Sha256Hash> Rehash(string place)
    {
        await using var reader = await store.Read(place);
        return await RunningHash.Of(reader);
    }

    private async Task<string> Sniff(string place, long length)
    {
        if (length == 0)
            return MediaTypes.Unknown;
        var head = new byte[MediaTypes.HeadLength];
        await using var reader = await store.Read(place);
        var read = await reader.Read(head, 0);
        return MediaTypes.Sniff(head.AsSpan(0, read));
    }
}
