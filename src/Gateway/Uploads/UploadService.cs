using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Bodies;
using OrleansIngest.Gateway.Uploads.Formats;
using OrleansIngest.Gateway.Uploads.Parts;
using OrleansIngest.Gateway.Uploads.Places;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// What can be done with an upload that was created, whatever protocol asks for it. Every method answers with a status, or throws the
/// <see cref="ProblemException"/> that is the answer.
/// </summary>
internal sealed class UploadService(
    IGrainFactory grains, IUploads uploads, UploadTable table, EndedUploads ended, UploadBodies bodies, UploadCompletion completion,
    FinalUploads finals, Concatenations concatenations, UploadLengths lengths, UploadEnding ending, Leftovers leftovers, IngestOptions options)
{
    private static readonly UploadFailure s_terminated = new(FailureReason.Terminated, "The client gave the upload up.", Retryable: true);
    private static readonly UploadFailure s_tooLong = new(FailureReason.Terminated, "The client sent more bytes than it had said there are.", Retryable: true);

    /// <summary>
    /// Where its client goes on. If all bytes are here and it was not completed, it is now: a client takes offset = length
    /// for success. A holder that has fallen silent is asked to let go, for its client is back.
    /// </summary>
    /// <param name="job">The job's key.</param>
    /// <param name="media">The upload.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="stopsHolder">Any holder is asked to let go: the offset in the answer then holds until somebody else sends.</param>
    public async Task<UploadStatus> Resume(string job, Guid media, CancellationToken cancellation, bool stopsHolder = false)
    {
        var session = await table.Find(job, media, cancellation);
        if (session is null)
            return await ended.Find(job, media, cancellation);
        return !stopsHolder && session is { Holder.IsSilent: false, IsWhole: false } ? UploadStatus.Of(session) : await Settle(job, media, cancellation);
    }

    /// <summary>What has become of an upload, when whoever holds it has let go.</summary>
    public async Task<UploadStatus> Settle(string job, Guid media, CancellationToken cancellation)
    {
        using var hold = await table.Take(job, media, cancellation);
        if (hold is null)
            return await ended.Find(job, media, cancellation);
        await ending.EndIfExpired(hold);
        return hold.Session.IsWhole || hold.Session.Row.IsFinal ? await UnlessEnded(hold, () => Complete(hold)) : UploadStatus.Of(hold.Session);
    }

    /// <summary>Adds a body to an upload at an offset, and completes it with the last byte.</summary>
    public async Task<UploadStatus> Append(string job, Guid media, UploadAppend append, CancellationToken cancellation)
    {
        await RefuseStragglers(job, media, append.Offset, cancellation);
        using var hold = await table.Take(job, media, cancellation);
        if (hold is null)
            return AppendToEnded(await ended.Find(job, media, cancellation), append);
        await ending.EndIfExpired(hold);
        return await UnlessEnded(hold, () => Append(hold, append));
    }

    private async Task<UploadStatus> Append(UploadHold hold, UploadAppend append)
    {
        var session = hold.Session;
        CheckOffset(session.Offset, append.Offset);
        if (append.Length is { } length && length != session.Row.Length)
            await SetLength(session, length);
        if (append.ContentLength > (session.Row.Length ?? options.MaxUploadSize.Bytes) - session.Offset)
            throw bodies.TooLong(session.Row.Length);
        var end = await bodies.Receive(hold, append);
        if (append.IsLast && end == BodyEnd.Whole && !session.IsWhole)
            await SetLength(session, session.Offset);
        if (session.IsWhole && end is not (BodyEnd.TooLong or BodyEnd.Wrong))
            return await Complete(hold) with { HasJustCome = true };
        if (append.MustFit && end == BodyEnd.TooLong && append.Offset != session.Row.Length) // one that was whole is not lost for it
            await ending.Fail(hold, s_tooLong);
        bodies.ThrowUnlessWhole(end, session.Row.Length, append.Digest);
        return UploadStatus.Of(session);
    }

    private async Task<UploadStatus> Complete(UploadHold hold) => hold.Session.Row switch
    {
        { IsPartial: true } => await CompletePartial(hold.Session),
        { IsFinal: true } => await finals.Join(hold),
        var row => UploadStatus.Complete(row, await completion.Complete(hold)),
    };

    /// <summary>A partial upload stays as it is. That it is whole may not be recorded yet, and finals may wait for it.</summary>
    private async Task<UploadStatus> CompletePartial(UploadSession session)
    {
        var row = session.Row with { DurableOffset = session.Offset };
        if (!session.Row.IsWhole && !await uploads.RecordOffset(row.Job, row.Media, row.Place, row.DurableOffset, row.ExpiresAt))
            throw Refusals.ToProblem(Refusal.Ended);
        session.Update(row);
        foreach (var final in await concatenations.Finals(row))
            await TrySettle(final);
        return UploadStatus.Of(session);
    }

    /// <summary>What has become of a final is an answer to who asks for it. If it could not be found out, who sends its parts comes again.</summary>
    private async Task TrySettle(UploadRow final)
    {
        try
        {
            await Settle(final.Job, final.Media, CancellationToken.None);
        }
        catch (ProblemException e) when (e.Kind.Status is 400 or 410 or 413 or 422)
        {
            // Its parts are as they should be.
        }
    }

    /// <summary>
    /// Bytes that the job does not take are the end of an upload. And who deletes a media does not wait for whoever holds its
    /// upload: if its bytes went meanwhile, that is the answer.
    /// </summary>
    private async Task<UploadStatus> UnlessEnded(UploadHold hold, Func<Task<UploadStatus>> work)
    {
        var session = hold.Session;
        try
        {
            return await work();
        }
        catch (ProblemException e) when (e.Kind == ProblemKind.BadFormat)
        {
            await ending.Fail(hold, FormatRules.Failure);
            throw;
        }
        catch (IOException)
        {
            if (await uploads.Find(session.Row.Job, session.Row.Media) is { } row && row.Place == session.Row.Place)
                throw;
            throw Refusals.ToProblem(await GrainCalls.Call(() => grains.Job(session.Row.Job).FindMedia(session.Row.Media)));
        }
    }

    /// <summary>Ends an upload; ending a complete one is deleting its media.</summary>
    public async Task End(string job, Guid media, CancellationToken cancellation)
    {
        using (var hold = await table.Take(job, media, cancellation))
        {
            if (hold is not null && await ending.Fail(hold, s_terminated))
                return;
        }
        await ended.Find(job, media, cancellation);
        await Delete(job, new DeleteMedia { Media = media });
    }

    /// <summary>Deletes a media for good, whether it is complete, under way, or has never come.</summary>
    /// <exception cref="ProblemException">It is a partial upload, and no media.</exception>
    public async Task<DeleteReply> Delete(string job, DeleteMedia command)
    {
        if (await concatenations.IsPart(job, command.Media))
            throw Refusals.ToProblem(media: null);
        var reply = await GrainCalls.Call(() => grains.Job(job).Delete(command));
        leftovers.Add(reply.Unneeded);
        table.Stop(job, command.Media);
        return reply;
    }

    /// <summary>
    /// Who comes back goes on at or beyond the place where the request that sends the upload now began. Who asks for less has
    /// not looked for long and would be refused after all: so nobody is stopped for it.
    /// </summary>
    private async Task RefuseStragglers(string job, Guid media, long offset, CancellationToken cancellation)
    {
        var session = await table.Find(job, media, cancellation);
        if (session is { Row.IsFinal: true })
            throw Refusals.ToFinal();
        if (session is { Holder: { } holder } && offset < holder.Start)
            throw WrongOffset(session.SafeOffset, "Another request is sending this upload and is further on. Ask with HEAD and go on from there.");
    }

    private async Task SetLength(UploadSession session, long length)
    {
        if (length < session.Offset)
            throw new ProblemException(ProblemKind.InvalidLength, $"{session.Offset} bytes are here already.");
        await lengths.Set(session, length);
    }

    private static UploadStatus AppendToEnded(UploadStatus status, UploadAppend append)
    {
        if (status.Concat.Length > 0)
            throw Refusals.ToFinal();
        CheckOffset(status.Offset, append.Offset);
        return append.ContentLength == 0 ? status : throw new ProblemException(ProblemKind.CompletedUpload, "Every byte of it is here, and it takes no more.");
    }

    private static void CheckOffset(long actual, long asked)
    {
        if (actual != asked)
            throw WrongOffset(actual, $"The upload is at {actual}, not at {asked}. Ask with HEAD and go on from there.");
    }

    private static ProblemException WrongOffset(long actual, string detail) => new ProblemException(ProblemKind.OffsetMismatch, detail)
        .With("expectedOffset", actual).WithHeader(UploadAnswers.Offset, actual.ToString());
}
