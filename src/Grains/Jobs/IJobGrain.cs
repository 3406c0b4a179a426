using Orleans.Concurrency;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// A job: the one place that decides what is new, what is a duplicate and what is complete. Reached by <c>GrainKeys.Job</c>.
/// Every answer waits until what it says is durable. A call that fails may be repeated: commands are idempotent.
/// </summary>
[Alias("ingest.IJobGrain")]
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>A device wants to upload a media.</summary>
    [Alias("Create")]
    Task<CreateReply> Create(CreateUpload command);

    /// <summary>The length of an upload that was started without one is known: room for it is taken, if there is any.</summary>
    /// <returns>Null if there is; else how much the job takes.</returns>
    [Alias("TakeRoom")]
    Task<JobLimits?> TakeRoom(Guid media, long length);

    /// <summary>All bytes of an upload are durable and hashed.</summary>
    [Alias("Complete")]
    Task<CompleteReply> Complete(CompleteUpload command);

    /// <summary>A small body came whole with its creation.</summary>
    [Alias("Store")]
    Task<CompleteReply> Store(CreateUpload create, CompleteUpload complete);

    /// <summary>An upload ends without a media.</summary>
    [Alias("Fail")]
    Task<FailReply> Fail(FailUpload command);

    /// <summary>A media is to go, for good.</summary>
    [Alias("Delete")]
    Task<DeleteReply> Delete(DeleteMedia command);

    /// <summary>Stored bytes were read again, and are right or damaged.</summary>
    [Alias("Report")]
    Task<ReportReply> Report(ReportBytes command);

    /// <summary>A chunk was received: a hint for dashboards.</summary>
    [OneWay, Alias("Chunk")]
    Task Chunk(ChunkReceived chunk);

    /// <summary>A device reports what it still has for this job.</summary>
    /// <returns>Those of the files that are settled already.</returns>
    [Alias("Announce")]
    Task<IReadOnlyList<SettledFile>> Announce(QueueReport report);

    /// <summary>A media, or null if the job has never heard of it.</summary>
    [Alias("FindMedia")]
    Task<Media?> FindMedia(Guid media);

    /// <summary>The job with its counters, or null if nothing has ever arrived or been announced.</summary>
    [Alias("Get")]
    Task<JobView?> Get();

    /// <summary>A page of its media.</summary>
    [Alias("ListMedia")]
    Task<MediaPage> ListMedia(MediaQuery query);

    /// <summary>Which of these hashes it has.</summary>
    [Alias("FindDuplicates")]
    Task<KnownHashes> FindDuplicates(IReadOnlyList<Sha256Hash> hashes);
}

/// <summary>A reported file that its device can drop.</summary>
/// <param name="Media">The media's UUID.</param>
/// <param name="IsSynced">True: safe on the server. False: deleted, it must not be sent.</param>
[GenerateSerializer, Immutable, Alias("ingest.SettledFile")]
public sealed record SettledFile([property: Id(0)] Guid Media, [property: Id(1)] bool IsSynced);
