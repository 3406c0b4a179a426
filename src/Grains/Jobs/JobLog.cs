using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

using ActivityEvent = OrleansIngest.Protos.V1.ActivityEvent;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// Decides commands on a job and commits what they decide, in order and in groups. Deciding, applying and queueing
/// happen in one turn; the answer waits for the commit of everything that it depends on, what earlier commands decided
/// included. If another writer was first, or nobody knows whether a commit happened, the job is loaded again and the
/// queued commands are decided anew in their order: so two of these on one job can never fork its history.
/// Not thread-safe: all calls and continuations run in the turns of one grain.
/// </summary>
/// <param name="key">The job's key.</param>
/// <param name="journal">Where its history is.</param>
/// <param name="feed">Who wants to hear of commits.</param>
/// <param name="time">Stamps events.</param>
public sealed class JobLog(string key, IJournal journal, ActivityFeed feed, TimeProvider time)
{
    /// <summary>Commands that may wait for a commit; one more is refused with <see cref="JobBusyException"/>.</summary>
    public const int MaxWaiting = 4096;

    private readonly List<Waiting> _waiting = [];
    private readonly HashSet<Guid> _changed = []; // by what is decided and not yet on its way to the journal
    private Job? _job;
    private long _committed;
    private Task? _pump;

    /// <summary>Loads the job. Without it the first command does.</summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    public async Task<JobSnapshot> Load()
    {
        var snapshot = await journal.Load(key);
        StartFrom(snapshot);
        return snapshot;
    }

    /// <summary>Decides, and answers when the decision is durable.</summary>
    /// <param name="decide">The decision, which may be made more than once.</param>
    /// <param name="fence">The upload that the command ends; null if it ends none that has a row.</param>
    /// <param name="ifTakenOver">The answer if the upload's row has another fence by then.</param>
    /// <exception cref="JournalException">It cannot be made durable now. It may or may not have happened: repeat it.</exception>
    /// <exception cref="JobBusyException">Too many are waiting.</exception>
    public Task<TReply> Do<TReply>(
        Func<Job, DateTimeOffset, Decision<TReply>> decide, UploadFence? fence = null, TReply? ifTakenOver = default)
    {
        if (_waiting.Count >= MaxWaiting)
            throw new JobBusyException(key);
        var waiting = new Waiting<TReply>(decide, fence, ifTakenOver);
        if (_job is not null)
            waiting.Decide(_job, time.GetUtcNow(), _changed);
        _waiting.Add(waiting);
        if (_pump is null or { IsCompleted: true })
            _pump = Pump();
        return waiting.Reply;
    }

    /// <summary>Reads the job, and answers when everything that was read is durable.</summary>
    public Task<TReply> Read<TReply>(Func<Job, TReply> query) =>
        Do((job, _) => new Decision<TReply>(query(job), []));

    /// <summary>Ends when nothing waits any more.</summary>
    public Task Idle() => _pump ?? Task.CompletedTask;

    /// <summary>One commit after another until nothing waits; commands that come meanwhile form the next group.</summary>
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
                _job = null; // the outcome is unknown: once more, from what the journal says
            }
            catch (Exception e)
            {
                FailAll(e);
            }
        }
    }

    /// <summary>Drops the state, reads what the journal has and decides the waiting commands again, in order.</summary>
    private async Task Reload()
    {
        StartFrom(await journal.Load(key)); // no await from here on: a command that comes between would be decided twice
        var at = time.GetUtcNow();
        foreach (var waiting in _waiting)
            waiting.Decide(_job!, at, _changed);
    }

    private void StartFrom(JobSnapshot snapshot)
    {
        _job = new Job(key, snapshot);
        _committed = _job.Head.Seq;
        _changed.Clear();
        feed.Reset(key, snapshot.Row); // the journal may hold what was committed without our knowledge
    }

    private async Task Commit()
    {
        var group = Group();
        using var _ = JobMetrics.Append(group);
        KillPoint.Reach(KillPoint.BeforeCommit);
        if (await journal.Append(group) is { IsStored: false } outcome)
        {
            Lose(outcome.Stale);
            return;
        }
        KillPoint.Reach(KillPoint.AfterCommit);
        _committed += group.Rows.Count;
        feed.Committed(group);
        Settle();
    }

    /// <summary>Everything decided and not committed, as one append.</summary>
    private JournalAppend Group()
    {
        var events = new List<JobEvent>();
        foreach (var waiting in _waiting)
            events.AddRange(waiting.Events);
        var media = new List<Media>(_changed.Count);
        foreach (var id in _changed)
            media.Add(_job!.Find(id)!);
        _changed.Clear();
        return new JournalAppend
        {
            Job = key,
            ExpectedSeq = _committed,
            Rows = events.ConvertAll(static e => e.Row),
            Media = media,
            Opened = Opened(),
            Closed = Closed(events),
            Fences = Fences(),
            Work = Work(events),
            JobRow = _job!.Row,
        };
    }

    private List<UploadRow> Opened()
    {
        var opened = new List<UploadRow>();
        foreach (var waiting in _waiting)
        {
            if (waiting.Opened is { } upload && IsOpen(upload))
                opened.Add(upload);
        }
        return opened;
    }

    private List<Guid> Closed(List<JobEvent> events)
    {
        var closed = new List<Guid>();
        foreach (var e in events)
        {
            if (EndsUpload(e) && Guid.Parse(e.Public.Media) is var media && !IsOpen(media))
                closed.Add(media);
        }
        return closed;
    }

    /// <summary>The fences of commands that change something; one that repeats what is done needs none.</summary>
    private List<UploadFence> Fences()
    {
        var fences = new List<UploadFence>();
        foreach (var waiting in _waiting)
        {
            if (waiting.Fence is { } fence && waiting.Events.Count > 0)
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
                work.Add(new WorkItem(WorkKinds.Process, key, Guid.Parse(e.Public.Media)));
        }
        return work;
    }

    /// <summary>Whether it is the media's upload at the end of the group: within one, an upload may end and another start.</summary>
    private bool IsOpen(UploadRow upload) => IsOpen(upload.Media) && _job!.Find(upload.Media)!.Incoming == upload.Incoming;

    private bool IsOpen(Guid media) => _job!.Find(media)!.Status == MediaStatus.Open;

    private static bool EndsUpload(JobEvent e) => e.Public.WhatCase is
        ActivityEvent.WhatOneofCase.MediaStored or ActivityEvent.WhatOneofCase.MediaDuplicate
        or ActivityEvent.WhatOneofCase.MediaDeleted or ActivityEvent.WhatOneofCase.UploadFailed;

    /// <summary>Answers those that depend on nothing uncommitted. They are in order, so they are the first ones.</summary>
    private void Settle()
    {
        var settled = _waiting.FindIndex(w => w.DependsOn > _committed);
        settled = settled < 0 ? _waiting.Count : settled;
        for (var i = 0; i < settled; i++)
        {
            JobMetrics.Committed(_waiting[i].Events);
            _waiting[i].Settle();
        }
        _waiting.RemoveRange(0, settled);
    }

    /// <summary>
    /// Another writer was first, or uploads were taken over. All commands are decided again; those that would end an upload
    /// of another node are refused.
    /// </summary>
    private void Lose(IReadOnlyList<UploadFence> stale)
    {
        if (stale.Count == 0)
            JobMetrics.Conflict();
        foreach (var waiting in _waiting)
        {
            if (waiting.Fence is { } fence && stale.Contains(fence))
                waiting.Refuse();
        }
        _job = null;
    }

    private void FailAll(Exception e)
    {
        _job = null;
        _waiting.ForEach(w => w.Fail(e));
        _waiting.Clear();
    }

    private abstract class Waiting
    {
        public long DependsOn { get; protected set; }

        public IReadOnlyList<JobEvent> Events { get; protected set; } = [];

        public UploadRow? Opened { get; protected set; }

        /// <summary>The upload that the command ends.</summary>
        public abstract UploadFence? Fence { get; }

        /// <summary>From now on the decision is that nothing happens, because another node has the upload.</summary>
        public abstract void Refuse();

        /// <summary>Decides it on the job, which has its events afterwards, and says which media they are about.</summary>
        public abstract void Decide(Job job, DateTimeOffset at, HashSet<Guid> changed);

        public abstract void Settle();

        public abstract void Fail(Exception e);
    }

    private sealed class Waiting<TReply>(
        Func<Job, DateTimeOffset, Decision<TReply>> decide, UploadFence? fence, TReply? ifTakenOver) : Waiting
    {
        // Continuations must not run inside the pump, in the middle of settling.
        private readonly TaskCompletionSource<TReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Decision<TReply>? _decision;
        private bool _isRefused;

        public override UploadFence? Fence => fence;

        public override void Refuse() => _isRefused = true;

        public Task<TReply> Reply => _reply.Task;

        public override void Decide(Job job, DateTimeOffset at, HashSet<Guid> changed)
        {
            _decision = _isRefused ? new Decision<TReply>(ifTakenOver!, []) : decide(job, at);
            Events = _decision.Events;
            Opened = _decision.Opened;
            foreach (var fact in Events)
            {
                foreach (var media in job.Apply(fact))
                    changed.Add(media.Id);
            }
            DependsOn = job.Head.Seq;
        }

        public override void Settle() => _reply.SetResult(_decision!.Reply);

        public override void Fail(Exception e) => _reply.SetException(e);
    }
}

/// <summary>Too many commands of a job wait for the journal: try again in a moment.</summary>
public sealed class JobBusyException(string job) : Exception($"Too much waits for job {job} at once.");
