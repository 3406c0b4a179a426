using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>Ends uploads without a media: the job's grain decides, but for partial uploads, of which it has never heard.</summary>
internal sealed class UploadEnding(IGrainFactory grains, IUploads uploads, UploadTable table, Leftovers leftovers)
{
    /// <summary>Ends an upload that is held; false if it has ended otherwise meanwhile.</summary>
    public async Task<bool> Fail(UploadHold hold, UploadFailure failure)
    {
        var row = hold.Session.Row;
        var hasFailed = row.IsPartial ? await Close(row) : await Fail(row, failure);
        table.Remove(hold.Session);
        return hasFailed;
    }

    private async Task<bool> Close(UploadRow partial)
    {
        var isClosed = await uploads.ClosePartial(partial.Job, partial.Media, partial.Place);
        leftovers.AddShared(partial.Place);
        return isClosed;
    }

    private async Task<bool> Fail(UploadRow row, UploadFailure failure)
    {
        var command = new FailUpload { Media = row.Media, Place = row.Place, Failure = failure };
        var reply = await GrainCalls.Call(() => grains.Job(row.Job).Fail(command));
        leftovers.Add(reply.Unneeded);
        return reply.Refusal == Refusal.None;
    }
}
