using System.IO.Pipelines;
using OrleansIngest.Gateway.Digests;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.Internal.V1;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// What can be done with an upload, whatever protocol asks for it. Every method answers with a status, or throws the
/// <see cref="ProblemException"/> that is the answer.
/// </summary>
internal sealed class UploadService(
    IGrainFactory grains, IJournal journal, IUploads uploads, UploadTable table, BodyReceiver receiver,
    FormatRules formats, UploadCompletion completion, FinalUploads finals, UploadLengths lengths, UploadEnding ending, Leftovers leftovers,
    IngestOptions options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly UploadFailure s_terminated = new(FailureReason.Terminated, "The client gave the upload up.", Retryable: true);
    private static readonly UploadFailure s_tooLong = new(FailureReason.Terminated, "The client sent more bytes than it had said there are.", Retryable: true);
    private static readonly UploadFailure s_expired = new(FailureReason.Expired, "No byte came for too long. Create it again.", Retryable: true);

    /// <summary>Starts an upload, or finds the same one again.</summary>
    public async Task<UploadStatus> Create(string job, CreateUpload command, CancellationToken cancellation)
    {
        command = command with { IsOneTooMany = await HasManyOpen(command.Device, cancellation) };
        var reply = await GrainCalls.Call(() => grains.Job(job).Create(command));
        if (reply.Refusal == Refusal.TooManyOpen)
            throw Refusals.TooManyOpen(options.MaxOpenUploads);
        if (reply.Refusal != Refusal.None)
            throw Refusals.ToProblem(reply.Refusal, limits: reply.Limits);
        leftovers.Add(reply.Unneeded);
        if (reply.Media!.IsSafe)
        {
            await completion.CheckSha512(command, reply.Media);
            completion.TellDevice(job, command.Device, command.Media);
            return UploadStatus.Complete(job, reply.Media, command.RawMetadata);
        }
        var session = await table.Find(job, command.Media, cancellation) ?? throw Refusals.ToProblem(reply.Media);
        if (!reply.Started && await EndIfExpired(session, cancellation))
            return await Create(job, command, cancellation);
        if (session.Row.Concat != command.Concat)
            throw Refusals.ToProblem(Refusal.DifferentUpload);
        return session.IsWhole || session.Row.IsFinal ? await Settle(job, command.Media, cancellation) : UploadStatus.Of(session);
    }

    /// <summary>Starts a partial upload: something of a media that comes later, of which nobody is told.</summary>
    public async Task<UploadStatus> CreatePartial(string job, CreateUpload command)
    {
        var row = command.ToRow(job);
        await uploads.OpenPartial(row);
        return UploadStatus.Of(table.Add(row, offset: 0));
    }

    /// <summary>Starts an upload that is made of partial ones, and completes it if they are all whole.</summary>
    public async Task<UploadStatus> CreateFinal(string job, CreateUpload command, CancellationToken cancellation) =>
        await finals.Describe(job, command) is { } described
            ? await Create(job, described, cancellation)
            : await Settle(job, command.Media, cancellation);

    /// <summary>A body that comes whole with its creation: nothing is started before it is all here.</summary>
    public async Task<UploadStatus> CreateWhole(string job, CreateUpload command, PlaceClaim claim, PipeReader body, BodyDigest? digest)
    {
        leftovers.Add(command.Place);
        var session = new UploadSession(command.ToRow(job), 0, time);
        using var hold = (await session.Take(TimeSpan.Zero, CancellationToken.None))!;
        try
        {
            await ReceiveWhole(hold, body, digest);
            var media = await completion.Store(session, command with { Length = session.Offset });
            claim.IsSettled = true;
            return UploadStatus.Complete(job, media, command.RawMetadata);
        }
        finally
        {
            session.Close();
        }
    }

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
            return await FindEnded(job, media, cancellation);
        return !stopsHolder && session is { Holder.IsSilent: false, IsWhole: false } ? UploadStatus.Of(session) : await Settle(job, media, cancellation);
    }

    /// <summary>What has become of an upload, when whoever holds it has let go.</summary>
    private async Task<UploadStatus> Settle(string job, Guid media, CancellationToken cancellation)
    {
        using var hold = await table.Take(job, media, cancellation);
        if (hold is null)
            return await FindEnded(job, media, cancellation);
        await EndIfExpired(hold);
        return hold.Session.IsWhole || hold.Session.Row.IsFinal ? await UnlessEnded(hold, () => Complete(hold)) : UploadStatus.Of(hold.Session);
    }

    /// <summary>Adds a body to an upload at an offset, and completes it with the last byte.</summary>
    public async Task<UploadStatus> Append(string job, Guid media, UploadAppend append, CancellationToken cancellation)
    {
        await RefuseStragglers(job, media, append.Offset, cancellation);
        using var hold = await table.Take(job, media, cancellation);
        if (hold is null)
            return AppendToEnded(await FindEnded(job, media, cancellation), append);
        await EndIfExpired(hold);
        return await UnlessEnded(hold, () => Append(hold, append));
    }

    /// <summary>Those that are created at the same moment do not see each other: it is a limit for devices that never finish what they begin.</summary>
    private async Task<bool> HasManyOpen(string device, CancellationToken cancellation) =>
        options.MaxOpenUploads > 0 && await uploads.Count(device, options.MaxOpenUploads, cancellation) == options.MaxOpenUploads;

    private async Task<UploadStatus> Append(UploadHold hold, UploadAppend append)
    {
        var session = hold.Session;
        CheckOffset(session.Offset, append.Offset);
        if (append.Length is { } length && length != session.Row.Length)
            await SetLength(session, length);
        var atLeast = append.ContentLength ?? 1;
        if (atLeast > (session.Row.Length ?? options.MaxUploadBytes) - session.Offset)
            throw TooLong(session.Row.Length);
        var end = append.ContentLength == 0 ? Empty(append.Digest) : await Receive(hold, append);
        if (append.IsLast && end == BodyEnd.Whole && !session.IsWhole)
            await SetLength(session, session.Offset);
        if (session.IsWhole && end is not (BodyEnd.TooLong or BodyEnd.Wrong))
            return await Complete(hold);
        if (append.MustFit && end == BodyEnd.TooLong)
            await ending.Fail(hold, s_tooLong);
        ThrowUnlessWhole(end, session.Row.Length, append.Digest);
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
        foreach (var final in await finals.Of(row))
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
        await FindEnded(job, media, cancellation);
        await Delete(job, new DeleteMedia { Media = media });
    }

    /// <summary>Deletes a media for good, whether it is complete, under way, or has never come.</summary>
    public async Task<DeleteReply> Delete(string job, DeleteMedia command)
    {
        var reply = await GrainCalls.Call(() => grains.Job(job).Delete(command));
        leftovers.Add(reply.Unneeded);
        table.Stop(job, command.Media);
        return reply;
    }

    /// <summary>Ends an upload of which no byte came for too long.</summary>
    /// <returns>Whether it was one.</returns>
    public async Task<bool> Expire(UploadRow row, CancellationToken cancellation) =>
        await table.Find(row.Job, row.Media, cancellation) is { } session && await EndIfExpired(session, cancellation);

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

    private async Task ReceiveWhole(UploadHold hold, PipeReader body, BodyDigest? digest)
    {
        var session = hold.Session;
        if (digest is not null)
            hold.Expect(digest);
        await using (var writer = await formats.Append(session))
        {
            var end = await receiver.Receive(body, writer, hold, static () => ValueTask.CompletedTask, gather: session.Row.Length ?? long.MaxValue);
            ThrowUnlessWhole(end, session.Row.Length, digest);
        }
        if ((session.Row.Length ?? session.Offset) != session.Offset)
            throw new ConnectionCutException();
    }

    private static BodyEnd Empty(BodyDigest? digest) => digest?.Matches() == false ? BodyEnd.Wrong : BodyEnd.Whole;

    private async Task<BodyEnd> Receive(UploadHold hold, UploadAppend append)
    {
        var session = hold.Session;
        try
        {
            await using var writer = await formats.Append(session);
            var transfer = new Transfer(hold, writer, uploads, grains, options, time);
            if (append.Digest is not null)
                await transfer.Expect(append.Digest);
            var end = await receiver.Receive(append.Body, writer, hold, append.Progress is { } progress ? Received : transfer.Received);
            // Its completion records the last byte; but before that, that bytes with a digest count. If they do not, there is nothing to record.
            if (append.Digest is null ? session is { IsWhole: true, Row.IsPartial: false } : end != BodyEnd.Whole)
                return end;
            await transfer.Checkpoint();
            transfer.Report();
            return end;

            async ValueTask Received()
            {
                await transfer.Received();
                await progress(session.SafeOffset);
            }
        }
        catch
        {
            table.Remove(session);
            throw;
        }
    }

    private void ThrowUnlessWhole(BodyEnd end, long? length, BodyDigest? digest)
    {
        if (end == BodyEnd.Wrong)
            throw digest!.Problem!;
        if (end == BodyEnd.TooLong)
            throw TooLong(length);
        if (end == BodyEnd.StoreFull)
            throw StorageProblems.Full();
        if (end == BodyEnd.BadFormat)
            throw FormatRules.Refused();
        if (end == BodyEnd.Stopped && lifetime.ApplicationStopping.IsCancellationRequested)
            throw new ProblemException(ProblemKind.ShuttingDown, "What is safe is kept; go on in a moment.").RetryAfter(2);
        if (end != BodyEnd.Whole)
            throw new ConnectionCutException(); // cut, taken over, or silent: in no case is anybody listening
    }

    /// <summary>An upload that is complete still answers for as long as its media lives.</summary>
    private async Task<UploadStatus> FindEnded(string job, Guid media, CancellationToken cancellation)
    {
        var known = await GrainCalls.Call(() => grains.Job(job).FindMedia(media));
        if (known is not { IsSafe: true })
            throw Refusals.ToProblem(known);
        var started = await Started(job, known, cancellation);
        return UploadStatus.Complete(job, known, started.RawMetadata) with { Concat = started.Concat };
    }

    private async Task<PrivatePart> Started(string job, Grains.Jobs.Media media, CancellationToken cancellation)
    {
        try
        {
            var started = await journal.Read(job, media.StartedSeq - 1, 1, cancellation);
            return JobEvent.Decode(started[0]).Private;
        }
        catch (JournalDamagedException)
        {
            return new PrivatePart(); // the media is safe all the same, and its device is to hear that
        }
    }

    private static UploadStatus AppendToEnded(UploadStatus status, UploadAppend append)
    {
        if (status.Concat.Length > 0)
            throw Refusals.ToFinal();
        CheckOffset(status.Offset, append.Offset);
        return append.ContentLength == 0 ? status : throw new ProblemException(ProblemKind.CompletedUpload, "Every byte of it is here, and it takes no more.");
    }

    private async Task SetLength(UploadSession session, long length)
    {
        if (length < session.Offset)
            throw new ProblemException(ProblemKind.InvalidLength, $"{session.Offset} bytes are here already.");
        await lengths.Set(session, length);
    }

    private async Task EndIfExpired(UploadHold hold)
    {
        if (!IsExpired(hold.Session))
            return;
        await ending.Fail(hold, s_expired);
        throw new ProblemException(ProblemKind.UploadExpired, s_expired.Message);
    }

    private async Task<bool> EndIfExpired(UploadSession session, CancellationToken cancellation)
    {
        if (!IsExpired(session))
            return false;
        using var hold = await table.Take(session, cancellation);
        return hold is null || (IsExpired(session) && await ending.Fail(hold, s_expired));
    }

    /// <summary>One of which all bytes are here is complete, however late that is found; but a partial one is never a media.</summary>
    private bool IsExpired(UploadSession session) =>
        session.Row.ExpiresAt <= time.GetUtcNow() && (!session.IsWhole || session.Row.IsPartial);

    private static void CheckOffset(long actual, long asked)
    {
        if (actual != asked)
            throw WrongOffset(actual, $"The upload is at {actual}, not at {asked}. Ask with HEAD and go on from there.");
    }

    private static ProblemException WrongOffset(long actual, string detail) => new ProblemException(ProblemKind.OffsetMismatch, detail)
        .With("expectedOffset", actual).WithHeader(UploadAnswers.Offset, actual.ToString());

    private ProblemException TooLong(long? length) => length is null
        ? UploadRequests.TooLarge(options.MaxUploadBytes)
        : new ProblemException(ProblemKind.BodyTooLong, $"The upload has {length} bytes in all.");
}

/// <summary>A body to be added to an upload.</summary>
/// <param name="Offset">Where the client believes that it goes.</param>
/// <param name="Length">The upload's length, if the client says it now.</param>
/// <param name="ContentLength">The body's length, if the client says it.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Digest">What they hash to, if the client says it: then all of them count, or none.</param>
internal sealed record UploadAppend(long Offset, long? Length, long? ContentLength, PipeReader Body, BodyDigest? Digest = null)
{
    /// <summary>The upload ends with the body, whether or not its length was said.</summary>
    public bool IsLast { get; init; }

    /// <summary>If the body turns out to be longer than the upload has room for, the upload has failed.</summary>
    public bool MustFit { get; init; }

    /// <summary>Told again and again, while the body comes, how many bytes of the upload are safe.</summary>
    public Func<long, ValueTask>? Progress { get; init; }
}
