using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>Uploads that are open no more.</summary>
internal sealed class EndedUploads(IGrainFactory grains, IJournal journal)
{
    /// <summary>An upload that is complete still answers for as long as its media lives.</summary>
    /// <exception cref="ProblemException">There is no media: the answer says what became of it.</exception>
    public async Task<UploadStatus> Find(string job, Guid media, CancellationToken cancellation)
    {
        var known = await GrainCalls.Call(() => grains.Job(job).FindMedia(media));
        if (known is not { IsSafe: true })
            throw Refusals.ToProblem(known);
        var started = await Started(job, known, cancellation);
        return UploadStatus.Complete(job, known, started.RawMetadata) with { Concat = started.Concat };
    }

    private async Task<PrivateFacts> Started(string job, Media media, CancellationToken cancellation)
    {
        try
        {
            var started = await journal.Read(job, media.StartedSeq - 1, 1, cancellation);
            return JobEvent.Decode(started[0]).Private;
        }
        catch (JournalDamagedException)
        {
            return PrivateFacts.None; // the media is safe all the same, and its device is to hear that
        }
    }
}
