using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Bodies;
using OrleansIngest.Gateway.Uploads.Formats;
using OrleansIngest.Gateway.Uploads.Places;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// The last byte is here. In this order: the bytes are durable, the job's grain decides, the journal commits, the client
/// is answered, and only then are bytes freed that nobody needs.
/// </summary>
internal sealed class UploadCompletion(
    IGrainFactory grains, IMediaStore store, FormatRules formats, UploadTable table, Leftovers leftovers, TimeProvider time)
{
    /// <summary>Completes an upload that is held and whole.</summary>
    /// <exception cref="ProblemException">Its bytes are not what the device promised, or it has ended meanwhile.</exception>
    /// <exception cref="IOException">The store fails: the upload has fallen back to what is safe.</exception>
    public async Task<Media> Complete(UploadHold hold)
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
    public async Task<Media> Store(UploadSession session, CreateUpload create, PlaceClaim claim)
    {
        using var _ = UploadTelemetry.Complete(session.Row);
        var command = await Finish(session);
        claim.IsTold = true;
        var reply = await GrainCalls.Call(() => grains.Job(session.Row.Job).Store(create, command));
        claim.IsSettled = true;
        table.Stop(session.Row.Job, create.Media);
        return Settle(session.Row, command, reply);
    }

    /// <summary>Whoever creates an upload of which the job has all bytes may know their SHA-512 alone, and the job does not.</summary>
    /// <exception cref="ProblemException">It is of another file.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    public async Task CheckSha512(CreateUpload create, Media media)
    {
        if (create.Sha512 is null || create.Sha256 == media.Sha256)
            return;
        using var hash = await Rehash(media.Content!, withSha512: true);
        if (hash.Sha512() != create.Sha512)
            throw Refusals.ToProblem(Refusal.DifferentUpload);
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
        var (incoming, length) = (session.Row.Incoming, session.Offset);
        KillPoint.Reach(KillPoint.AfterLastByte);
        var content = await store.Finish(incoming, length);
        KillPoint.Reach(KillPoint.AfterSync);
        await formats.Check(session.Row, content, length);
        session.Hash ??= await Rehash(content, session.Row.DeclaredSha512 is not null);
        return new CompleteUpload
        {
            Media = session.Row.Media,
            Incoming = incoming,
            Length = length,
            Sha256 = session.Hash.Value(),
            MediaType = session.Hash.MediaType,
            Content = content,
            DeclaredSha512 = session.Row.DeclaredSha512,
            Sha512 = session.Hash.Sha512(),
        };
    }

    private Media Settle(UploadRow row, CompleteUpload command, CompleteReply reply)
    {
        leftovers.Add(reply.Unneeded);
        if (reply.Refusal != Refusal.None)
            throw ToProblem(command, reply);
        TellDevice(row.Job, row.Device, row.Media);
        KillPoint.Reach(KillPoint.BeforeAnswer);
        return reply.Media!;
    }

    /// <summary>Of two hashes that were promised it is the first one that is wrong.</summary>
    private static ProblemException ToProblem(CompleteUpload command, CompleteReply reply) => reply.Expected is { } sha256 && sha256 != command.Sha256
        ? Refusals.ToProblem(reply.Refusal, sha256.ToString(), command.Sha256.ToString())
        : Refusals.ToProblem(reply.Refusal, command.DeclaredSha512, command.Sha512, reply.Limits);

    /// <summary>A media is safe: its device's grain takes it off the queue.</summary>
    public void TellDevice(string job, string device, Guid media)
    {
        if (device.Length > 0)
            GrainCalls.Tell(grains.Device(device).Settled(new SettledFiles(job, [media], time.GetUtcNow())));
    }

    /// <summary>The bytes came in more than one process or session: read them once more.</summary>
    private async Task<RunningHash> Rehash(BlobId content, bool withSha512)
    {
        var hash = new RunningHash(withSha512);
        await using var reader = await store.Read(content);
        await hash.Append(reader);
        return hash;
    }
}
