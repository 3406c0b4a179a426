using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Calls;
using OrleansIngest.Grains.Jobs;

namespace OrleansIngest.Gateway.Downloads;

/// <summary>Finds media that are here, or says why not.</summary>
internal static class StoredMedia
{
    /// <summary>A media whose bytes are here, durable and hashed.</summary>
    /// <exception cref="ProblemException">It is deleted or damaged, has not arrived, or nobody has heard of it.</exception>
    public static async Task<Media> Find(IGrainFactory grains, string job, Guid media)
    {
        var known = await GrainCalls.Call(() => grains.Job(job).FindMedia(media));
        return known switch
        {
            { IsSafe: true } => known,
            { Status: MediaStatus.Deleted } => throw UploadProblems.Deleted(),
            { Failure.Reason: FailureReason.Damaged } => throw new ProblemException(ProblemKind.MediaDamaged, known.Failure.Message),
            null => throw new ProblemException(ProblemKind.MediaNotFound, "This job has no media with this id."),
            _ => throw new ProblemException(ProblemKind.MediaNotStored, "Its upload has not ended well, or not yet."),
        };
    }
}
