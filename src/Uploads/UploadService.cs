using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Uploads;

/// <summary>
/// The door to uploads, for all protocols: create, append, resume, end, delete. Expected outcomes
/// are returned. Methods throw <see cref="IOException"/> if the store fails, and
/// <see cref="JournalException"/> or <see cref="Grains.Calls.GrainUnavailableException"/> if the
/// journal or the job does; what was acknowledged is kept then.
/// </summary>
public sealed partial class UploadService(
    UploadContext context, OpenUploads open, EndedUploads ended, BlobClaims claims)
{
    /// <summary>
    /// Finds the offset at which a client goes on. If all bytes are here and the upload was not
    /// completed, it is now: a client takes an offset that equals the length for success. A request
    /// that sends the upload meanwhile makes durable what it has, so that the offset can be used.
    /// If that request is silent, it is stopped: its client is back.
    /// </summary>
    /// <param name="job">The job's key.</param>
    /// <param name="media">The upload.</param>
    /// <param name="stopsHolder">Whether any request that sends the upload is stopped.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<UploadOutcome> Resume(string job, Guid media, bool stopsHolder, CancellationToken cancellation)
    {
        var known = await open.Find(job, media, cancellation);
        if (known is null)
            return await ended.Find(job, media, cancellation);
        if (!stopsHolder && await IsOfAnother(known))
            return UploadStatus.Of(known.State.Row, known.State.Promise());
        var isMoving = !known.State.IsWhole && known.Lock.Holder is { IsSilent: false };
        if (stopsHolder || !isMoving || !await open.IsCurrent(known, cancellation))
            return await Settle(job, media, cancellation);
        if (await OpenUploads.Publish(known, cancellation) is { } refusal)
            return refusal;
        var status = UploadStatus.Of(known.State.Row, known.State.Promise());
        var isOver = known.Lock.Holder is null || status.Offset == status.Length;
        return isOver ? await Settle(job, media, cancellation) : status;
    }

    /// <summary>
    /// Adds a body to an upload at an offset, and completes the upload with its last byte.
    /// </summary>
    public async Task<UploadOutcome> Append(string job, Guid media, UploadBody body, CancellationToken cancellation)
    {
        if (await RefusedAtOnce(job, media, body.Offset, cancellation) is { } straggler)
            return straggler;
        using (var taken = await open.Take(job, media, cancellation))
        {
            if (taken.Refusal is { } locked)
                return locked;
            if (taken.Upload is { } upload)
            {
                if (await upload.Begin(body) is { } refusal)
                    return refusal;
                if (!upload.IsWhole)
                    return await Settled(upload, await UnlessGone(upload, upload.Append(body)));
            }
        }
        var settled = await Settle(job, media, cancellation);
        return settled.Status is { } status ? await AppendNothing(status, body) : settled;
    }

    /// <summary>
    /// Whether another node has the upload, or a process before this one had it, and there is
    /// nothing to do but to tell its offset. Then a question does not take the upload over: that
    /// would be a write, and the journal's disk may be full.
    /// </summary>
    private async ValueTask<bool> IsOfAnother(CachedUpload known) =>
        known.State is { IsWhole: false, Row.IsFinal: false }
        && known.State.Row.Node != context.Nodes.Self
        && !await context.Expiry.HasPassed(known.State.Row, known.Lock.Holder);

    /// <summary>
    /// Looks what has become of an upload, when the request that holds it has released it.
    /// Completes it if all bytes are here.
    /// </summary>
    private async Task<UploadOutcome> Settle(string job, Guid media, CancellationToken cancellation)
    {
        using var taken = await open.Take(job, media, cancellation);
        if (taken.Refusal is { } locked)
            return locked;
        if (taken.Upload is not { } upload)
            return await ended.Find(job, media, cancellation);
        if (await upload.EndIfExpired())
            return OpenUpload.Expired;
        return upload.IsWhole || upload.Row.IsFinal
            ? await Settled(upload, await UnlessGone(upload, upload.Complete()))
            : upload.Promise();
    }

    /// <summary>
    /// A part that is whole may be the last that final uploads wait for: they are completed.
    /// </summary>
    /// <param name="upload">An upload to which something has happened.</param>
    /// <param name="outcome">What that was.</param>
    private async Task<UploadOutcome> Settled(OpenUpload upload, UploadOutcome outcome)
    {
        if (outcome.Refusal is not null || upload is not { Row.IsPartial: true, IsWhole: true })
            return outcome;
        foreach (var final in await context.Rows.CompletePartial(upload.Row))
        {
            var settled = await Settle(upload.Row.Job, final, CancellationToken.None);
            // What becomes of a final for its client's reasons is told to those who ask for the
            // final. If it could not be settled now, the client of the part comes again.
            if (settled.Refusal is { IsFinal: false } refusal)
                return refusal;
        }
        return outcome;
    }

    /// <summary>
    /// A media is deleted without waiting for the request that holds its upload. If the bytes went
    /// away during that request, the deletion is the answer, not the failure of the store.
    /// </summary>
    private async Task<UploadOutcome> UnlessGone(OpenUpload upload, Task<UploadOutcome> work)
    {
        try
        {
            return await work;
        }
        catch (IOException)
        {
            if (await upload.IsStillOpen())
                throw;
            return UploadRefusal.Of(await context.Jobs.FindMedia(upload.Row.Job, upload.Row.Media));
        }
    }

    /// <summary>
    /// A client that comes back goes on at or beyond the offset where the request that now sends
    /// the upload began. A request for less would be refused after all, so no request is stopped
    /// for it.
    /// </summary>
    private async Task<UploadRefusal?> RefusedAtOnce(
        string job, Guid media, long offset, CancellationToken cancellation)
    {
        var known = await open.Find(job, media, cancellation);
        if (known is { State.Row.IsFinal: true })
            return new UploadRefusal(RefusalReason.TakesNoBytes);
        return known?.Lock.Holder is { } holder && offset < holder.Start && await open.IsCurrent(known, cancellation)
            ? new UploadRefusal(RefusalReason.OffsetMismatch)
            {
                Offset = known.State.Tell(),
                Detail = "Another request is sending this upload and is further on. "
                    + "Ask with HEAD and go on from there.",
            }
            : null;
    }

    /// <summary>
    /// The upload has all of its bytes: an empty body changes nothing, and no other body is taken.
    /// </summary>
    private async Task<UploadOutcome> AppendNothing(UploadStatus status, UploadBody body)
    {
        if (status.Concat is not ("" or UploadRow.Partial))
            return RefusalReason.TakesNoBytes;
        if (status.Offset != body.Offset)
            return UploadRefusal.WrongOffset(status.Offset, body.Offset);
        return await context.Bodies.ReadEnd(body.Bytes, body.ContentLength) switch
        {
            BodyEnd.Whole => body.Digest?.Matches() == false ? RefusalReason.WrongDigest : status,
            BodyEnd.TooLong => status.IsComplete ? RefusalReason.Complete : context.TooLong(status.Length),
            var end => context.Bodies.Refused(end),
        };
    }
}
