using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

// How uploads end without a media, and media end.
public sealed partial class UploadService
{
    private static readonly UploadFailure s_terminated =
        new(FailureReason.Terminated, "The client gave the upload up.", Retryable: true);

    /// <summary>Ends an upload. If it is complete, its media is deleted.</summary>
    /// <returns>Null, or why not.</returns>
    public async Task<UploadRefusal?> End(string job, Guid media, CancellationToken cancellation)
    {
        using (var taken = await open.Take(job, media, cancellation))
        {
            if (taken.Refusal is { } locked)
                return locked;
            if (taken.Upload is { } upload && await upload.Fail(s_terminated))
                return null;
        }
        if ((await ended.Find(job, media, cancellation)).Refusal is { } refusal)
            return refusal;
        return await Delete(job, new DeleteMedia { Media = media }) is null
            ? new UploadRefusal(RefusalReason.NotFound)
            : null;
    }

    /// <summary>
    /// Deletes a media for good, whether it is complete, under way, or has never come.
    /// </summary>
    /// <returns>Null if the id is a partial upload's, which is no media.</returns>
    public async Task<DeleteReply?> Delete(string job, DeleteMedia command)
    {
        if (await IsPart(job, command.Media))
            return null;
        var reply = await context.Jobs.Delete(job, command);
        open.Stop(job, command.Media);
        return reply;
    }

    /// <summary>Ends an upload, if it has expired.</summary>
    /// <returns>Whether it was ended.</returns>
    public async Task<bool> EndIfExpired(UploadRow row, CancellationToken cancellation)
    {
        if (!context.Expiry.MayHavePassed(row))
            return false;
        var isEnded = await open.Find(row.Job, row.Media, cancellation) is { } known
            && await EndIfExpired(known, cancellation);
        await context.Reclaimer.Freed();
        return isEnded;
    }

    /// <summary>
    /// Ends an upload, if it has expired. An upload that has all its bytes never expires. A part
    /// does, because it is never a media.
    /// </summary>
    /// <returns>
    /// Whether the upload is not open any more: what became of it is to be looked up.
    /// </returns>
    private async Task<bool> EndIfExpired(CachedUpload known, CancellationToken cancellation)
    {
        var row = known.State.Row;
        if ((known.State.IsWhole && !row.IsPartial) || !await context.Expiry.HasPassed(row, known.Lock.Holder))
            return false;
        // Looked up again: this node may have to take the upload over first.
        using var taken = await open.Take(row.Job, row.Media, cancellation);
        return taken.IsNothing || (taken.Upload is { } upload && await upload.EndIfExpired());
    }
}
