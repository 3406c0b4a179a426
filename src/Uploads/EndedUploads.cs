using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

/// <summary>Uploads that are not open any more.</summary>
public sealed class EndedUploads(JobClient jobs, IJournal journal)
{
    /// <summary>
    /// What became of an upload. A complete one answers for as long as its media lives; otherwise
    /// the refusal says what happened.
    /// </summary>
    public async Task<UploadOutcome> Find(string job, Guid media, CancellationToken cancellation)
    {
        var known = await jobs.FindMedia(job, media);
        if (known is not { IsSafe: true })
            return UploadRefusal.Of(known);
        var started = await Started(job, known, cancellation);
        return UploadStatus.Complete(job, known, started.RawMetadata, started.Concat);
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
            return PrivateFacts.None; // the media is safe all the same, and its device must learn that
        }
    }
}
