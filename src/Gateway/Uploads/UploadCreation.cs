using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Parts;
using OrleansIngest.Gateway.Uploads.Places;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>How uploads begin whose bytes come later, or not all at once. Those that come whole: <see cref="WholeUploads"/>.</summary>
internal sealed class UploadCreation(
    IGrainFactory grains, IUploads uploads, IMediaStore store, UploadTable table, UploadService service, UploadCompletion completion,
    FinalUploads finals, Concatenations concatenations, UploadEnding ending, Leftovers leftovers, UploadExpiry expiry, IngestOptions options)
{
    /// <summary>Starts an upload, or finds the same one again.</summary>
    /// <param name="job">The job's key.</param>
    /// <param name="command">What is wanted.</param>
    /// <param name="hasBody">Bytes come along: whoever sends the same upload now lets go, and the answer says how far he came.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<UploadStatus> Create(string job, CreateUpload command, bool hasBody, CancellationToken cancellation)
    {
        await concatenations.MustNotBePart(job, command.Media);
        command = command with { Incoming = store.New(), At = expiry.Now, IsOneTooMany = await HasManyOpen(command.Device, cancellation) };
        return await Start(job, command, hasBody, cancellation);
    }

    private async Task<UploadStatus> Start(string job, CreateUpload command, bool hasBody, CancellationToken cancellation)
    {
        var reply = await GrainCalls.Call(() => grains.Job(job).Create(command));
        if (reply.Refusal == Refusal.TooManyOpen)
            throw Refusals.TooManyOpen(options.MaxOpenUploads);
        if (reply.Refusal != Refusal.None)
            throw Refusals.ToProblem(reply.Refusal, limits: reply.Limits);
        leftovers.Add(reply.Unneeded);
        if (reply.Media!.IsSafe)
            return await Complete(job, command, reply.Media);
        var session = await table.Find(job, command.Media, cancellation) ?? throw Refusals.ToProblem(reply.Media);
        if (!reply.Started && await ending.EndIfExpired(session, cancellation))
            return await Start(job, command, hasBody, cancellation);
        if (session.Row.Concat != command.Concat || session.Row.DeclaredSha512 != command.Sha512)
            throw Refusals.ToProblem(Refusal.DifferentUpload);
        return session.IsWhole || session.Row.IsFinal || (hasBody && !reply.Started)
            ? await service.Settle(job, command.Media, cancellation)
            : UploadStatus.Of(session);
    }

    /// <summary>The job has all bytes.</summary>
    private async Task<UploadStatus> Complete(string job, CreateUpload command, Media media)
    {
        await completion.CheckSha512(command, media);
        completion.TellDevice(job, command.Device, command.Media);
        return UploadStatus.Complete(job, media, command.RawMetadata);
    }

    /// <summary>Starts a partial upload: something of a media that comes later, of which nobody is told.</summary>
    public async Task<UploadStatus> CreatePartial(string job, CreateUpload command)
    {
        var row = (command with { Incoming = store.New(), At = expiry.Now }).ToRow(job);
        await uploads.OpenPartial(row);
        return UploadStatus.Of(table.Add(row, offset: 0));
    }

    /// <summary>Starts an upload that is made of partial ones, and completes it if they are all whole.</summary>
    public async Task<UploadStatus> CreateFinal(string job, CreateUpload command, CancellationToken cancellation)
    {
        await concatenations.MustNotBePart(job, command.Media);
        return await finals.Describe(job, command) is { } described
            ? await Start(job, described with { At = expiry.Now, IsOneTooMany = await HasManyOpen(command.Device, cancellation) }, hasBody: false, cancellation)
            : await service.Settle(job, command.Media, cancellation);
    }

    /// <summary>Those that are created at the same moment do not see each other: it is a limit for devices that never finish what they begin.</summary>
    private async Task<bool> HasManyOpen(string device, CancellationToken cancellation) =>
        options.MaxOpenUploads > 0 && await uploads.Count(device, options.MaxOpenUploads, cancellation) == options.MaxOpenUploads;
}
