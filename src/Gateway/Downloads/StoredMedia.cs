using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols;
using OrleansIngest.Grains.Calls;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Gateway.Downloads;

/// <summary>Finds stored media.</summary>
internal static class StoredMedia
{
    /// <summary>Finds a media whose bytes are durable and hashed: stored, or a duplicate.</summary>
    /// <exception cref="ProblemException">
    /// The media is deleted, damaged, not completely uploaded, or unknown.
    /// </exception>
    public static async Task<Media> Find(IGrainFactory grains, string job, Guid media)
    {
        var known = await GrainCalls.Call(() => grains.Job(job).FindMedia(media));
        return known switch
        {
            { IsSafe: true } => known,
            { Status: MediaStatus.Deleted } => throw UploadProblems.Deleted(),
            { Failure.Reason: FailureReason.Damaged } =>
                throw new ProblemException(ProblemKind.MediaDamaged, known.Failure.Message),
            null => throw new ProblemException(ProblemKind.MediaNotFound, "This job has no media with this id."),
            _ => throw new ProblemException(ProblemKind.MediaNotStored, "Its upload is not complete, or it failed."),
        };
    }
}
