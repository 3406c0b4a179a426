using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>The lengths of uploads that were started without one.</summary>
internal sealed class UploadLengths(IGrainFactory grains, IUploads uploads)
{
    /// <summary>Takes room for a length and writes it down. Once set it never changes. Partial uploads are none of the job's business yet.</summary>
    /// <exception cref="ProblemException">The job has no room for it, the upload has another length, or has ended.</exception>
    public async Task Set(UploadSession session, long length)
    {
        var row = session.Row;
        var brings = length > session.Offset; // a picture that came is kept, whether or not there is room
        if (brings && row is { Length: null, IsPartial: false } && await GrainCalls.Call(() => grains.Job(row.Job).TakeRoom(row.Media, length)) is { } limits)
            throw Refusals.ToProblem(Refusal.JobFull, limits: limits);
        var holds = await uploads.SetLength(row.Job, row.Media, length) ?? throw Refusals.ToProblem(Refusal.Ended);
        session.Update(row with { Length = holds });
        if (holds != length)
            throw new ProblemException(ProblemKind.LengthChanged, $"The length of this upload is {holds}.");
    }
}
