using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

using ActivityEvent = OrleansIngest.Protos.V1.ActivityEvent;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// Decides the commands on a job and commits the decided events, in order and in groups. A command
/// is decided, applied and queued in one turn of the grain; its reply waits until all events on
/// which it depends are committed, including those of earlier commands. If another writer was
/// first, or the outcome of a commit is unknown, the job is loaded again and the queued commands
/// are decided again in the same order. So two activations of one job can never fork its history.
/// Not thread-safe: all calls and continuations run in the turns of one grain.
/// </summary>
/// <param name="key">The key of the job.</param>
/// <param name="journal">Stores the events.</param>
/// <param name="feed">Is told of committed events.</param>
/// <param name="time">The clock for the times of events.</param>
/// <param name="projections">
/// The projection of each kind of subject; null for the default ones.
/// </param>
internal sealed class JobLog(
    string key, IJournal journal, ActivityFeed feed, TimeProvider time,
    IReadOnlyDictionary<SubjectKind, IProjection>? projections = null)
{
    /// <summary>
    /// How many commands may wait for a commit. One more is refused with
    /// <see cref="JobBusyException"/>.
    /// </summary>
    public const int MaxWaiting = 4096;

    private readonly List<Command> _waiting = [];
    private readonly ChangedRows _changed = new(); // of the events that are in no append yet
    private Job? _job; // null: must be loaded
    private long _committed; // seq of the last committed event
    private Task? _pump;

    /// <summary>Loads the job. Otherwise the first command loads it.</summary>
    /// <exception cref="JournalException">The job cannot be read now.</exception>
    public async Task<JobSnapshot> Load()
    {
        var snapshot = await journal.Load(key);
        StartFrom(snapshot);
        return snapshot;
    }

    /// <summary>Decides a command, and replies when the decision is durable.</summary>
    /// <param name="decide">The decision. It may be made more than once.</param>
    /// <param name="fence">
    /// The upload that the command ends; null if it ends none that has a row.
    /// </param>
    /// <param name="ifTakenOver">The reply if the upload's row has another fence by then.</param>
    /// <exception cref="JournalException">
    /// The commit failed, or its outcome is unknown: repeat the command.
    /// </exception>
    /// <exception cref="JobBusyException">Too many commands are waiting.</exception>
    public Task<TReply> Do<TReply>(
        Func<Job, DateTimeOffset, Decision<TReply>> decide, UploadFence? fence = null, TReply? ifTakenOver = default)
    {
        if (_waiting.Count >= MaxWaiting)
            throw new JobBusyException(key);
        var command = new Command<TReply>(decide, fence, ifTakenOver);
        if (_job is not null)
            command.Decide(_job, time.GetUtcNow(), _changed);
        _waiting.Add(command);
        if (_pump is null or { IsCompleted: true })
            _pump = Pump();
        return command.Reply;
    }

    /// <summary>Reads the job, and replies when everything that was read is durable.</summary>
    public Task<TReply> Read<TReply>(Func<Job, TReply> query) =>
        Do((job, _) => new Decision<TReply>(query(job), []));

    /// <summary>Completes when no command is waiting.</summary>
    public Task Idle() => _pump ?? Task.CompletedTask;

    /// <summary>
    /// Commits one group after another until no command is waiting. Commands that arrive during a
    /// commit form the next group.
    /// </summary>
    private async Task Pump()
    {
        var failures = 0;
        while (_waiting.Count > 0)
        {
            try
            {
                if (_job is null)
                    await Reload();
                Settle();
                if (_waiting.Count > 0)
                    await Commit();
                failures = 0;
            }
            catch (Exception) when (failures++ == 0 && _job is not null)
            {
                _job = null; // the outcome is unknown: try once more with what the journal has
            }
            catch (Exception e)
            {
                FailAll(e);
            }
        }
    }

    /// <summary>Loads the job and decides the waiting commands again, in order.</summary>
    private async Task Reload()
    {
        // No await after the load: a command that arrived meanwhile would be decided twice.
        StartFrom(await journal.Load(key));
        var at = time.GetUtcNow();
        foreach (var command in _waiting)
            command.Decide(_job!, at, _changed);
    }

    private void StartFrom(JobSnapshot snapshot)
    {
        _job = new Job(key, snapshot, projections);
        _committed = _job.Head.Seq;
        _changed.Clear();
        feed.Reset(key, snapshot.Row); // the journal may have events that this log did not commit
    }

    private async Task Commit()
    {
        var append = TakeGroup();
        using var _ = JobMetrics.Append(append);
        KillPoint.Reach(KillPoint.BeforeCommit);
        if (await journal.Append(append) is { IsStored: false } outcome)
        {
            ForgetJob(outcome.Stale);
            return;
        }
        KillPoint.Reach(KillPoint.AfterCommit);
        _committed += append.Rows.Count;
        feed.Committed(append);
        Settle();
    }

    /// <summary>Puts everything that is decided and not committed into one append.</summary>
    private JournalAppend TakeGroup()
    {
        var events = new List<JobEvent>();
        foreach (var command in _waiting)
            events.AddRange(command.Events);
        var append = new JournalAppend
        {
            Job = key,
            ExpectedSeq = _committed,
            Rows = events.ConvertAll(static e => e.Row),
            Media = _changed.Media,
            Derived = _changed.Derived,
            Opened = Opened(),
            Closed = Closed(events),
            Fences = Fences(),
            Work = Work(events),
            JobRow = _job!.Row,
        };
        _changed.Clear();
        return append;
    }

    private List<UploadRow> Opened()
    {
        var opened = new List<UploadRow>();
        foreach (var command in _waiting)
        {
            if (command.Opened is { } upload && IsOpen(upload))
                opened.Add(upload);
        }
        return opened;
    }

    private List<Guid> Closed(List<JobEvent> events)
    {
        var closed = new List<Guid>();
        foreach (var e in events)
        {
            if (EndsUpload(e) && e.Subject.MediaId is var media && !IsOpen(media))
                closed.Add(media);
        }
        return closed;
    }

    /// <summary>
    /// The fences of commands that change something; one that repeats what is done needs none.
    /// </summary>
    private List<UploadFence> Fences()
    {
        var fences = new List<UploadFence>();
        foreach (var command in _waiting)
        {
            if (command.Fence is { } fence && command.Events.Count > 0)
                fences.Add(fence);
        }
        return fences;
    }

    private List<WorkItem> Work(List<JobEvent> events)
    {
        var work = new List<WorkItem>();
        foreach (var e in events)
        {
            if (e.Public.MediaStored is not null)
                work.Add(new WorkItem(WorkKinds.Process, key, e.Subject.MediaId));
        }
        return work;
    }

    /// <summary>
    /// Whether this is the upload of its media at the end of the group. Within a group, an upload
    /// may end and another one of the same media may start.
    /// </summary>
    private bool IsOpen(UploadRow upload) =>
        IsOpen(upload.Media) && _job!.Find(upload.Media)!.Incoming == upload.Incoming;

    private bool IsOpen(Guid media) => _job!.Find(media)!.Status == MediaStatus.Open;

    private static bool EndsUpload(JobEvent e) => e.Public.WhatCase is
        ActivityEvent.WhatOneofCase.MediaStored or ActivityEvent.WhatOneofCase.MediaDuplicate
        or ActivityEvent.WhatOneofCase.MediaDeleted or ActivityEvent.WhatOneofCase.UploadFailed;

    /// <summary>
    /// Replies to the commands that depend on committed events only. Those are the first ones,
    /// because commands wait in the order of their events.
    /// </summary>
    private void Settle()
    {
        var settled = _waiting.FindIndex(command => command.DependsOn > _committed);
        settled = settled < 0 ? _waiting.Count : settled;
        for (var i = 0; i < settled; i++)
        {
            JobMetrics.Committed(_waiting[i].Events);
            _waiting[i].Settle();
        }
        _waiting.RemoveRange(0, settled);
    }

    /// <summary>
    /// Lets the job be loaded again, because another writer was first, or because another node has
    /// taken uploads over. All commands are decided again; those that would end such an upload are
    /// refused.
    /// </summary>
    private void ForgetJob(IReadOnlyList<UploadFence> stale)
    {
        if (stale.Count == 0)
            JobMetrics.Conflict();
        foreach (var command in _waiting)
        {
            if (command.Fence is { } fence && stale.Contains(fence))
                command.Refuse();
        }
        _job = null;
    }

    private void FailAll(Exception e)
    {
        _job = null;
        _waiting.ForEach(command => command.Fail(e));
        _waiting.Clear();
    }

    /// <summary>
    /// The rows that events changed. Of several changes of a row, the last one counts.
    /// </summary>
    private sealed class ChangedRows
    {
        private readonly Dictionary<Guid, Media> _media = [];
        private readonly Dictionary<(string Kind, string Key), DerivedRow> _derived = [];

        public Media[] Media => [.. _media.Values];

        public DerivedRow[] Derived => [.. _derived.Values];

        public void Add(JobChanges changes)
        {
            foreach (var media in changes.Media)
                _media[media.Id] = media;
            foreach (var row in changes.Derived)
                _derived[(row.Kind, row.Key)] = row;
        }

        public void Clear()
        {
            _media.Clear();
            _derived.Clear();
        }
    }

    /// <summary>A command that waits for a commit.</summary>
    private abstract class Command
    {
        /// <summary>The seq of the last event that the reply depends on.</summary>
        public long DependsOn { get; protected set; }

        public IReadOnlyList<JobEvent> Events { get; protected set; } = [];

        public UploadRow? Opened { get; protected set; }

        /// <summary>The upload that the command ends.</summary>
        public abstract UploadFence? Fence { get; }

        /// <summary>
        /// Makes the command do nothing, because another node has the upload that it would end.
        /// </summary>
        public abstract void Refuse();

        /// <summary>
        /// Decides the command, applies its events to the job, and adds the changed rows.
        /// </summary>
        public abstract void Decide(Job job, DateTimeOffset at, ChangedRows changed);

        public abstract void Settle();

        public abstract void Fail(Exception e);
    }

    private sealed class Command<TReply>(
        Func<Job, DateTimeOffset, Decision<TReply>> decide, UploadFence? fence, TReply? ifTakenOver) : Command
    {
        // Continuations must not run inside the pump, in the middle of settling.
        private readonly TaskCompletionSource<TReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Decision<TReply>? _decision;
        private bool _isRefused;

        public override UploadFence? Fence => fence;

        public override void Refuse() => _isRefused = true;

        public Task<TReply> Reply => _reply.Task;

        public override void Decide(Job job, DateTimeOffset at, ChangedRows changed)
        {
            _decision = _isRefused ? new Decision<TReply>(ifTakenOver!, []) : decide(job, at);
            Events = _decision.Events;
            Opened = _decision.Opened;
            for (var i = 0; i < Events.Count; i++) // foreach would allocate
                changed.Add(job.Apply(Events[i]));
            DependsOn = job.Head.Seq;
        }

        public override void Settle() => _reply.SetResult(_decision!.Reply);

        public override void Fail(Exception e) => _reply.SetException(e);
    }
}

/// <summary>
/// Too many commands of a job are waiting for the journal; try again in a moment.
/// </summary>
public sealed class JobBusyException(string job) : Exception($"Too much waits for job {job} at once.");
