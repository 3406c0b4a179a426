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
    /// for success. A holder makes safe what it has, so that its client could go on there; one that has fallen silent
    /// is asked to let go, for its client is back.
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
        if (stopsHolder || session is not { Holder.IsSilent: false, IsWhole: false })
            return await Settle(job, media, cancellation);
        await UploadTable.Publish(session, cancellation);
        var status = UploadStatus.Of(session) with { Offset = session.Promise() };
        var isOver = session.Holder is null || status.Offset == status.Length;
        return isOver ? await Settle(job, media, cancellation) : status;
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
        using (var hold = await table.Take(job, media, cancellation))
        {
            if (hold is not null && await Begin(hold, append))
                return await UnlessEnded(hold, () => Append(hold, append));
        }
        return await AppendNothing(await Settle(job, media, cancellation), append);
    }

    /// <summary>
    /// Looks whether a body can go where its client believes, and sets the length that comes along with it.
    /// </summary>
    /// <returns>False if all bytes of the upload are here.</returns>
    private async Task<bool> Begin(UploadHold hold, UploadAppend append)
    {
        var session = hold.Session;
        if (!append.ComesWithCreation)
            await ending.EndIfExpired(hold);
        await table.KeepPromise(hold, append.Offset);
        CheckOffset(session.Offset, append.Offset);
        if (append.Length < session.Offset)
            throw new ProblemException(ProblemKind.InvalidLength, $"{session.Offset} bytes are here already.");
        var length = append.Length ?? session.Row.Length;
        if (!session.IsWhole && append.ContentLength > (length ?? options.MaxUploadSize.Bytes) - session.Offset)
            throw bodies.TooLong(length);
        if (append.Length is { } said && said != session.Row.Length)
            await lengths.Set(session, said);
        return !session.IsWhole;
    }

    private async Task<UploadStatus> Append(UploadHold hold, UploadAppend append)
    {
        var session = hold.Session;
        var end = await bodies.Receive(hold, append);
        if (append.IsLast && end == BodyEnd.Whole && !session.IsWhole)
            await lengths.Set(session, session.Offset);
        if (session.IsWhole && end is not (BodyEnd.TooLong or BodyEnd.Wrong))
            return await Complete(hold) with { HasJustCome = true };
        if (append.MustFit && end == BodyEnd.TooLong)
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
        if (!session.Row.IsWhole && !await uploads.RecordOffset(row.Job, row.Media, row.Incoming, row.DurableOffset, row.LastByteAt))
            throw Refusals.ToProblem(Refusal.Ended);
        session.Update(row);
        foreach (var final in await uploads.CompletePartial(row))
            await TrySettle(row.Job, final);
        return UploadStatus.Of(session);
    }

    /// <summary>What has become of a final is an answer to who asks for it. If it could not be found out, who sends its parts comes again.</summary>
    private async Task TrySettle(string job, Guid final)
    {
        try
        {
            await Settle(job, final, CancellationToken.None);
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
            if (await uploads.Find(session.Row.Job, session.Row.Media) is { } row && row.Incoming == session.Row.Incoming)
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
        {
            throw WrongOffset(
                session.Tell(),
                "Another request is sending this upload and is further on. Ask with HEAD and go on from there.");
        }
    }

    /// <summary>
    /// All bytes of the upload are here: a body that has none changes nothing, and no other is taken.
    /// </summary>
    private async Task<UploadStatus> AppendNothing(UploadStatus status, UploadAppend append)
    {
        if (status.Concat is not ("" or UploadRow.Partial))
            throw Refusals.ToFinal();
        CheckOffset(status.Offset, append.Offset);
        if (!await bodies.IsEmpty(append.Body, append.ContentLength))
            throw status.IsComplete ? Refusals.ToComplete() : bodies.TooLong(status.Length);
        return append.Digest?.Matches() == false ? throw append.Digest.Problem! : status;
    }

    private static void CheckOffset(long actual, long asked)
    {
        if (actual != asked)
            throw WrongOffset(actual, $"The upload is at {actual}, not at {asked}. Ask with HEAD and go on from there.");
    }

    private static ProblemException WrongOffset(long actual, string detail) => new ProblemException(ProblemKind.OffsetMismatch, detail)
        .With("expectedOffset", actual).WithHeader(UploadAnswers.Offset, actual.ToString());
}
