using System.IO.Pipelines;
using OrleansIngest.Gateway.Digests;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>How uploads begin, whatever protocol asks for one.</summary>
internal sealed class UploadCreation(
    IGrainFactory grains, IUploads uploads, IMediaStore store, PlaceClaims claims, UploadTable table, UploadBodies bodies, UploadService service,
    UploadCompletion completion, FinalUploads finals, Concatenations concatenations, UploadEnding ending, Leftovers leftovers,
    IngestOptions options, TimeProvider time)
{
    /// <summary>Starts an upload, or finds the same one again.</summary>
    /// <param name="job">The job's key.</param>
    /// <param name="command">What is wanted.</param>
    /// <param name="hasBody">Bytes come along: whoever sends the same upload now lets go, and the answer says how far he came.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<UploadStatus> Create(string job, CreateUpload command, bool hasBody, CancellationToken cancellation)
    {
        await MustNotBePart(job, command.Media);
        command = command with { Place = store.NewPlace(), IsOneTooMany = await HasManyOpen(command.Device, cancellation) };
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
    private async Task<UploadStatus> Complete(string job, CreateUpload command, Grains.Jobs.Media media)
    {
        await completion.CheckSha512(command, media);
        completion.TellDevice(job, command.Device, command.Media);
        return UploadStatus.Complete(job, media, command.RawMetadata);
    }

    /// <summary>Starts a partial upload: something of a media that comes later, of which nobody is told.</summary>
    public async Task<UploadStatus> CreatePartial(string job, CreateUpload command)
    {
        var row = (command with { Place = store.NewPlace() }).ToRow(job);
        await uploads.OpenPartial(row);
        return UploadStatus.Of(table.Add(row, offset: 0));
    }

    /// <summary>Starts an upload that is made of partial ones, and completes it if they are all whole.</summary>
    public async Task<UploadStatus> CreateFinal(string job, CreateUpload command, CancellationToken cancellation)
    {
        await MustNotBePart(job, command.Media);
        return await finals.Describe(job, command) is { } described
            ? await Start(job, described with { IsOneTooMany = await HasManyOpen(command.Device, cancellation) }, hasBody: false, cancellation)
            : await service.Settle(job, command.Media, cancellation);
    }

    /// <summary>A body that comes whole with its creation: nothing is started before it is all here.</summary>
    public async Task<UploadStatus> CreateWhole(string job, CreateUpload command, PipeReader body, BodyDigest? digest)
    {
        await MustNotBePart(job, command.Media);
        using var claim = claims.New(command.Length);
        command = command with { Place = claim.Place };
        var session = new UploadSession(command.ToRow(job), 0, time);
        using var hold = (await session.Take(TimeSpan.Zero, CancellationToken.None))!;
        try
        {
            await bodies.ReceiveWhole(hold, body, digest);
            if (command.Length is null)
                command = command with { Length = session.Offset };
            var media = await completion.Store(session, command, claim);
            return UploadStatus.Complete(job, media, command.RawMetadata) with { HasJustCome = true };
        }
        finally
        {
            session.Close();
        }
    }

    /// <summary>A part's bytes are those of a file that is still to come: no media may take its place.</summary>
    private async ValueTask MustNotBePart(string job, Guid media)
    {
        if (await concatenations.IsPart(job, media))
            throw Refusals.ToProblem(Refusal.DifferentUpload);
    }

    /// <summary>Those that are created at the same moment do not see each other: it is a limit for devices that never finish what they begin.</summary>
    private async Task<bool> HasManyOpen(string device, CancellationToken cancellation) =>
        options.MaxOpenUploads > 0 && await uploads.Count(device, options.MaxOpenUploads, cancellation) == options.MaxOpenUploads;
}
