using Google.Protobuf.WellKnownTypes;
using Orleans.Concurrency;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

using Proto = OrleansIngest.Protos.V1;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// The grain of a <see cref="Job"/>. It passes commands to the <see cref="JobLog"/>, which decides
/// and commits them. It also keeps what is not in the journal: the progress of uploads and the
/// reports of devices.
/// </summary>
[Reentrant]
public sealed class JobGrain : Grain, IJobGrain
{
    /// <summary>The prefix of all keys of job grains; see <c>GrainKeys</c>.</summary>
    internal const string KeyPrefix = "job-";

    private readonly ActivityFeed _feed;
    private readonly TimeProvider _time;
    private readonly JobLimits _limits;
    private readonly IPersistentState<Announcements> _announcements;
    private readonly CoalescedWrite _saveAnnouncements;
    private readonly LiveUploads _live = new();
    private readonly JobLog _log;
    private readonly string _key;

    /// <summary>Orleans calls this constructor.</summary>
    public JobGrain(
        IJournal journal, ActivityFeed feed, TimeProvider time, JobLimits limits,
        [PersistentState("announced", GrainStorage.Name)] IPersistentState<Announcements> announcements)
    {
        (_feed, _time, _limits, _announcements) = (feed, time, limits, announcements);
        _key = this.GetPrimaryKeyString()[KeyPrefix.Length..];
        _saveAnnouncements = new CoalescedWrite(announcements.WriteStateAsync);
        _log = new JobLog(_key, journal, feed, time);
    }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _live.Restore((await _log.Load()).Uploads);
        JobMetrics.Active.Add(1);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        JobMetrics.Active.Add(-1);
        return _log.Idle().WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<CreateReply> Create(CreateUpload command) => _log.Do((job, at) => job.Decide(command, at, _limits));

    /// <inheritdoc/>
    public Task<JobLimits?> TakeRoom(Guid media, long length) =>
        _log.Read(job => job.TakeRoom(media, length, _limits) ? null : _limits);

    /// <inheritdoc/>
    public Task<CompleteReply> Complete(CompleteUpload command) => End(
        command.Media, (job, at) => job.Decide(command, at),
        Fence(command.Media, command.Incoming, command.Generation), new CompleteReply { Refusal = Refusal.TakenOver });

    /// <inheritdoc/>
    public Task<CompleteReply> Store(CreateUpload create, CompleteUpload complete) =>
        End(complete.Media, (job, at) => job.Decide(create, complete, at, _limits));

    /// <inheritdoc/>
    public Task<FailReply> Fail(FailUpload command) => End(
        command.Media, (job, at) => job.Decide(command, at),
        Fence(command.Media, command.Incoming, command.Generation), new FailReply { Refusal = Refusal.TakenOver });

    /// <inheritdoc/>
    public Task<DeleteReply> Delete(DeleteMedia command) => End(command.Media, (job, at) => job.Decide(command, at));

    /// <inheritdoc/>
    public Task<ReportReply> Report(ReportBytes command) => _log.Do((job, at) => job.Decide(command, at));

    /// <inheritdoc/>
    public async Task Chunk(ChunkReceived chunk)
    {
        var media = await FindMedia(chunk.Media);
        if (media is not { Status: MediaStatus.Open })
            return;
        _live.Received(chunk);
        if (_feed.WantsProgress(_key))
            _feed.Progress(Hint(chunk));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SettledFile>> Announce(QueueReport report)
    {
        if (_announcements.State.Apply(report))
            await _saveAnnouncements.Now();
        return await _log.Read<IReadOnlyList<SettledFile>>(
            job => [.. report.Files.Select(file => Settled(job, file)).OfType<SettledFile>()]);
    }

    /// <inheritdoc/>
    public Task<Media?> FindMedia(Guid media) => Read(job => job.Find(media));

    /// <inheritdoc/>
    public Task<JobView?> Get() => Read(View);

    /// <inheritdoc/>
    public Task<MediaPage> ListMedia(MediaQuery query) =>
        Read(job => new MediaLister(job, _live, _announcements.State, _time.GetUtcNow()).Page(query));

    /// <inheritdoc/>
    public Task<KnownHashes> FindDuplicates(IReadOnlyList<Sha256Hash> hashes) =>
        Read(job => new KnownHashes([.. hashes.Select(job.FindOriginal).OfType<Media>()], job.Head));

    /// <summary>
    /// Decides a command that ends an upload. Its progress is removed even if the command fails,
    /// because the upload receives no more bytes.
    /// </summary>
    private Task<TReply> End<TReply>(
        Guid media, Func<Job, DateTimeOffset, Decision<TReply>> decide,
        UploadFence? fence = null, TReply? ifTakenOver = default)
    {
        _live.Remove(media);
        return _log.Do(decide, fence, ifTakenOver);
    }

    private UploadFence? Fence(Guid media, BlobId incoming, long? generation) =>
        generation is { } known ? new UploadFence(_key, media, incoming, known) : null;

    /// <summary>
    /// Reads the job. A job without events and announced files is deactivated afterwards, so that
    /// requests for unknown keys do not fill the memory.
    /// </summary>
    private async Task<T> Read<T>(Func<Job, T> query)
    {
        var (answer, isEmpty) = await _log.Read(job => (query(job), job.Head.Seq == 0));
        if (isEmpty && _announcements.State.Devices.Count == 0)
            DeactivateOnIdle();
        return answer;
    }

    private JobView? View(Job job)
    {
        var announced = _announcements.State.Counts(job);
        return job.Head.Seq == 0 && announced.Count == 0
            ? null
            : new JobView(job.Row, _live.Moving(job, _time.GetUtcNow()), announced);
    }

    private static SettledFile? Settled(Job job, QueuedFile file) => job.Find(file.Media) switch
    {
        { IsSafe: true } => new SettledFile(file.Media, IsSynced: true),
        { Status: MediaStatus.Deleted } => new SettledFile(file.Media, IsSynced: false),
        _ => null,
    };

    private Proto.ActivityEvent Hint(ChunkReceived chunk)
    {
        var progress = new Proto.Progress { Offset = chunk.Offset };
        if (chunk.Length is { } length)
            progress.Length = length;
        return new Proto.ActivityEvent
        {
            Job = _key,
            At = chunk.At.ToTimestamp(),
            Device = chunk.Device,
            Media = chunk.Media.ToString(),
            Progress = progress,
        };
    }
}
