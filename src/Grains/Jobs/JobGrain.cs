using Google.Protobuf.WellKnownTypes;
using Orleans.Concurrency;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

using Proto = OrleansIngest.Protos.V1;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// The grain around a <see cref="Job"/>: it passes commands to the <see cref="JobLog"/>, which decides and commits them,
/// and keeps what is known of the moment (bytes that came, reports of devices) beside it.
/// </summary>
[Reentrant]
public sealed class JobGrain : Grain, IJobGrain
{
    /// <summary>All keys of jobs begin with it: see <c>GrainKeys</c>.</summary>
    internal const string KeyPrefix = "job-";

    private readonly ActivityFeed _feed;
    private readonly TimeProvider _time;
    private readonly JobLimits _limits;
    private readonly IPersistentState<Announcements> _announced;
    private readonly CoalescedWrite _writeAnnounced;
    private readonly LiveUploads _live = new();
    private readonly JobLog _log;
    private readonly string _key;

    /// <summary>Made by Orleans.</summary>
    public JobGrain(
        IJournal journal, ActivityFeed feed, TimeProvider time, JobLimits limits,
        [PersistentState("announced", GrainStorage.Name)] IPersistentState<Announcements> announced)
    {
        (_feed, _time, _limits, _announced) = (feed, time, limits, announced);
        _key = this.GetPrimaryKeyString()[KeyPrefix.Length..];
        _writeAnnounced = new CoalescedWrite(announced.WriteStateAsync);
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
    public Task<CompleteReply> Complete(CompleteUpload command) => End(command.Media, (job, at) => job.Decide(command, at));

    /// <inheritdoc/>
    public Task<CompleteReply> Store(CreateUpload create, CompleteUpload complete) =>
        End(complete.Media, (job, at) => job.Decide(create, complete, at, _limits));

    /// <inheritdoc/>
    public Task<FailReply> Fail(FailUpload command) => End(command.Media, (job, at) => job.Decide(command, at));

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
        if (_announced.State.Apply(report))
            await _writeAnnounced.Now();
        return await _log.Read(job => (IReadOnlyList<SettledFile>)[.. report.Files.Select(f => Settled(job, f)).OfType<SettledFile>()]);
    }

    /// <inheritdoc/>
    public Task<Media?> FindMedia(Guid media) => Read(job => job.Find(media));

    /// <inheritdoc/>
    public Task<JobView?> Get() => Read(View);

    /// <inheritdoc/>
    public Task<MediaPage> ListMedia(MediaQuery query) =>
        Read(job => new MediaLister(job, _live, _announced.State, _time.GetUtcNow()).Page(query));

    /// <inheritdoc/>
    public Task<KnownHashes> FindDuplicates(IReadOnlyList<Sha256Hash> hashes) =>
        Read(job => new KnownHashes([.. hashes.Select(job.FindOriginal).OfType<Media>()], job.Head));

    /// <summary>Whatever becomes of the command, no byte is on its way any more.</summary>
    private Task<TReply> End<TReply>(Guid media, Func<Job, DateTimeOffset, Decision<TReply>> decide)
    {
        _live.Remove(media);
        return _log.Do(decide);
    }

    /// <summary>A job of which nothing is known does not stay in memory because somebody asked for it.</summary>
    private async Task<T> Read<T>(Func<Job, T> query)
    {
        var (answer, isEmpty) = await _log.Read(job => (query(job), job.Head.Seq == 0));
        if (isEmpty && _announced.State.Devices.Count == 0)
            DeactivateOnIdle();
        return answer;
    }

    private JobView? View(Job job)
    {
        var announced = _announced.State.Counts(job);
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
