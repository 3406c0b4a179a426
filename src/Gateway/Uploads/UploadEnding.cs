using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Places;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>Ends uploads without a media: the job's grain decides, but for partial uploads, of which it has never heard.</summary>
internal sealed class UploadEnding(IGrainFactory grains, IUploads uploads, UploadTable table, UploadExpiry expiry, Leftovers leftovers)
{
    private static readonly UploadFailure s_expired = new(FailureReason.Expired, "No byte came for too long. Create it again.", Retryable: true);

    /// <summary>Ends an upload that is held; false if it has ended otherwise meanwhile.</summary>
    public async Task<bool> Fail(UploadHold hold, UploadFailure failure)
    {
        var row = hold.Session.Row;
        var hasFailed = row.IsPartial ? await Close(row) : await Fail(row, failure);
        table.Remove(hold.Session);
        return hasFailed;
    }

    /// <summary>Ends an upload that is held, if it has expired.</summary>
    /// <exception cref="ProblemException">It has.</exception>
    public async Task EndIfExpired(UploadHold hold)
    {
        if (!await IsExpired(hold.Session))
            return;
        await Fail(hold, s_expired);
        throw new ProblemException(ProblemKind.UploadExpired, s_expired.Message);
    }

    /// <summary>Ends an upload, if it has expired.</summary>
    /// <returns>Whether the session is over: what became of the upload is to be looked up anew.</returns>
    public async Task<bool> EndIfExpired(UploadSession session, CancellationToken cancellation)
    {
        if (!await IsExpired(session))
            return false;
        using var hold = await table.Take(session, cancellation);
        return hold is null || (await IsExpired(session) && await Fail(hold, s_expired));
    }

    /// <summary>One of which all bytes are here is complete, however late that is found; but a partial one is never a media.</summary>
    private async ValueTask<bool> IsExpired(UploadSession session) =>
        (!session.IsWhole || session.Row.IsPartial) && await expiry.HasPassed(session);

    private async Task<bool> Close(UploadRow partial)
    {
        var isClosed = await uploads.ClosePartial(partial.Job, partial.Media, partial.Incoming);
        leftovers.AddShared([partial.Incoming]);
        return isClosed;
    }

    private async Task<bool> Fail(UploadRow row, UploadFailure failure)
    {
        var command = new FailUpload { Media = row.Media, Incoming = row.Incoming, Failure = failure };
        var reply = await GrainCalls.Call(() => grains.Job(row.Job).Fail(command));
        leftovers.Add(reply.Unneeded);
        return reply.Refusal == Refusal.None;
    }
}
