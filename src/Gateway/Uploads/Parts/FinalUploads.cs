using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads.Parts;

/// <summary>
/// Uploads that are made of partial ones. One is an open upload like any other whose blob is that of its parts, joined; it is
/// completed by whoever finds that all of them are whole: its creation, the last byte of a part, or a HEAD on either.
/// Who looks does so after his own commit, so that of two at the same time at least one finds it. Once its row is there, no
/// part loses its bytes.
/// </summary>
internal sealed class FinalUploads(
    IGrainFactory grains, IUploads uploads, Concatenations concatenations, UploadLengths lengths, UploadCompletion completion, UploadEnding ending, IngestOptions options)
{
    private static readonly UploadFailure s_partGone =
        new(FailureReason.Terminated, "One of the partial uploads that it is made of was given up or has expired.", Retryable: true);

    /// <summary>What a client that wants one asks of its job; null if that is what it has already, whatever became of its parts.</summary>
    /// <exception cref="ProblemException">A part is not there, they are too long together, or it has another hash already.</exception>
    public async Task<CreateUpload?> Describe(string job, CreateUpload command)
    {
        if (await uploads.Find(job, command.Media) is { } open && open.Concat == command.Concat)
            return await HasHashes(open, command) ? null : throw Refusals.ToProblem(Refusal.DifferentUpload);
        var (parts, missing) = await concatenations.Parts(job, command.Concat);
        if (missing is not null)
            return await IsStored(job, command) ? null : throw UploadConcat.Unknown(missing);
        var length = Length(parts);
        UploadRequests.CheckSize(length, options.MaxUploadSize.Bytes);
        return command with { Length = length, Incoming = BlobId.Join(parts.Select(part => part.Incoming)) };
    }

    /// <summary>Completes one that is held, if all of its parts are whole.</summary>
    /// <exception cref="ProblemException">It has ended: a part is gone, or its bytes are not what the device promised.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    public async Task<UploadStatus> Join(UploadHold hold)
    {
        var session = hold.Session;
        var (parts, missing) = await concatenations.Parts(session.Row.Job, session.Row.Concat);
        if (missing is not null)
            return await Fail(hold);
        if (Length(parts) is not { } length)
            return UploadStatus.Of(session);
        UploadRequests.CheckSize(length, options.MaxUploadSize.Bytes);
        if (session.Row.Length is null)
            await lengths.Set(session, length);
        if (!parts.All(part => part.IsWhole))
            return UploadStatus.Of(session);
        session.Join(length);
        return UploadStatus.Complete(session.Row, await completion.Complete(hold));
    }

    private async Task<UploadStatus> Fail(UploadHold hold)
    {
        await ending.Fail(hold, s_partGone);
        throw new ProblemException(ProblemKind.UploadEnded, s_partGone.Message);
    }

    private async Task<bool> HasHashes(UploadRow open, CreateUpload command) =>
        open.DeclaredSha512 == command.Sha512 && (await FindMedia(open.Job, command))?.DeclaredSha256 == command.Sha256;

    private async Task<bool> IsStored(string job, CreateUpload command)
    {
        if (await FindMedia(job, command) is not { IsSafe: true } media)
            return false;
        if (command.Sha256 is not null && command.Sha256 != media.Sha256)
            throw Refusals.ToProblem(Refusal.DifferentUpload);
        await completion.CheckSha512(command, media);
        return true;
    }

    private Task<Media?> FindMedia(string job, CreateUpload command) => GrainCalls.Call(() => grains.Job(job).FindMedia(command.Media));

    /// <summary>All of it; null as long as a client has not said how long its part is.</summary>
    private static long? Length(IReadOnlyCollection<UploadRow> parts) => parts.Aggregate((long?)0, (sum, part) => sum + part.Length);
}
