using Orleans.Concurrency;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// The grain of a job, which decides what is new, what is a duplicate and what is complete. Its
/// key is <c>GrainKeys.Job</c>. A call returns when everything that its result says is durable. A
/// call that failed may be repeated: commands are idempotent.
/// </summary>
[Alias("ingest.IJobGrain")]
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>Starts an upload.</summary>
    [Alias("Create")]
    Task<CreateReply> Create(CreateUpload command);

    /// <summary>
    /// Reserves space in the job for an upload that was started without a length and has one now.
    /// </summary>
    /// <returns>Null if there is space; otherwise the limits of the job.</returns>
    [Alias("TakeRoom")]
    Task<JobLimits?> TakeRoom(Guid media, long length);

    /// <summary>Completes an upload whose bytes are all durable and hashed.</summary>
    [Alias("Complete")]
    Task<CompleteReply> Complete(CompleteUpload command);

    /// <summary>Starts and completes an upload whose bytes came whole in one request.</summary>
    [Alias("Store")]
    Task<CompleteReply> Store(CreateUpload create, CompleteUpload complete);

    /// <summary>Ends an upload without a media.</summary>
    [Alias("Fail")]
    Task<FailReply> Fail(FailUpload command);

    /// <summary>Deletes a media for good.</summary>
    [Alias("Delete")]
    Task<DeleteReply> Delete(DeleteMedia command);

    /// <summary>Reports whether stored bytes were intact when they were read again.</summary>
    [Alias("Report")]
    Task<ReportReply> Report(ReportBytes command);

    /// <summary>Reports the progress of an upload, as a hint for dashboards.</summary>
    [OneWay, Alias("Chunk")]
    Task Chunk(ChunkReceived chunk);

    /// <summary>Reports the files of this job that are still on a device.</summary>
    /// <returns>The files that the device need not upload any more.</returns>
    [Alias("Announce")]
    Task<IReadOnlyList<SettledFile>> Announce(QueueReport report);

    /// <summary>Finds a media. Null if the job has no event about it.</summary>
    [Alias("FindMedia")]
    Task<Media?> FindMedia(Guid media);

    /// <summary>
    /// Returns the job with its counters. Null if it has no event and no announced file.
    /// </summary>
    [Alias("Get")]
    Task<JobView?> Get();

    /// <summary>Returns a page of the job's media.</summary>
    [Alias("ListMedia")]
    Task<MediaPage> ListMedia(MediaQuery query);

    /// <summary>Finds the stored media with any of these hashes.</summary>
    [Alias("FindDuplicates")]
    Task<KnownHashes> FindDuplicates(IReadOnlyList<Sha256Hash> hashes);
}

/// <summary>A reported file that its device need not upload any more.</summary>
/// <param name="Media">The UUID of the media.</param>
/// <param name="IsSynced">
/// True if the file is safe on the server; false if the media was deleted and is not accepted.
/// </param>
[GenerateSerializer, Immutable, Alias("ingest.SettledFile")]
public sealed record SettledFile([property: Id(0)] Guid Media, [property: Id(1)] bool IsSynced);
