using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;
using JobRow = OrleansIngest.Grains.Ports.JobRow;
using Position = OrleansIngest.Grains.Ports.Position;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// The feed of all jobs in this process. Grains put in what was committed; a watcher's cursors take it out. A job that
/// nobody watches costs nothing here.
/// </summary>
/// <param name="journal">Where a cursor that is behind reads.</param>
/// <param name="index">Where a watcher of all jobs reads them first.</param>
/// <param name="time">The clock for heartbeats.</param>
public sealed class ActivityFeed(IJournal journal, IJobIndex index, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, JobFeed> _jobs = new(StringComparer.Ordinal);
    private readonly JobList _list = new(time);
    private readonly Lock _lock = new(); // joining and leaving

    /// <summary>Tells watchers what was committed: the next events of a job, in order.</summary>
    public void Committed(JournalAppend append)
    {
        if (_jobs.TryGetValue(append.Job, out var feed))
            feed.Add(append.Rows);
        _list.Changed(append.JobRow);
    }

    /// <summary>Tells watchers that the journal may hold events that were not passed to <see cref="Committed"/>.</summary>
    /// <param name="job">The job's key.</param>
    /// <param name="row">The job as the journal has it; null if it has no event.</param>
    public void Reset(string job, JobRow? row)
    {
        if (_jobs.TryGetValue(job, out var feed))
            feed.Reset();
        if (row is not null)
            _list.Changed(row);
    }

    /// <summary>Whether anybody wants to know how far uploads of this job are.</summary>
    public bool WantsProgress(string job) => _jobs.TryGetValue(job, out var feed) && feed.WantsProgress;

    /// <summary>Passes on how far an upload is; a newer hint replaces one that nobody has taken yet.</summary>
    public void Progress(string job, Guid media, ActivityEvent hint)
    {
        if (_jobs.TryGetValue(job, out var feed))
            feed.Add(media, hint);
    }

    /// <summary>A new watcher. Dispose it.</summary>
    /// <param name="jobs">The jobs it watches, each once, and the last event that it has of each.</param>
    /// <param name="progress">Whether it takes hints of these jobs.</param>
    /// <param name="all">Whether it is also told of every job that there is, appears or changes.</param>
    public Watcher Watch(IEnumerable<(string Job, Position After)> jobs, bool progress = false, bool all = false)
    {
        var watcher = new Watcher(time);
        lock (_lock)
        {
            FeedMetrics.Watchers.Add(1);
            watcher.OnLeave(() => FeedMetrics.Watchers.Add(-1));
            foreach (var (job, after) in jobs)
                Join(watcher, job, after, progress);
            if (all)
                JoinList(watcher);
        }
        return watcher;
    }

    private void Join(Watcher watcher, string job, Position after, bool progress)
    {
        var feed = _jobs.GetOrAdd(job, _ => new JobFeed());
        var cursor = new FeedCursor(job, after, progress, feed, journal, watcher.Line);
        feed.Join(cursor);
        cursor.Ring(); // something may be there already
        watcher.OnLeave(() => Leave(job, feed, cursor));
    }

    private void JoinList(Watcher watcher)
    {
        var cursor = new JobListCursor(_list, index, watcher.Line);
        _list.Join(cursor);
        cursor.Ring();
        watcher.OnLeave(() => Leave(cursor));
    }

    private void Leave(string job, JobFeed feed, FeedCursor cursor)
    {
        lock (_lock)
        {
            if (feed.Leave(cursor))
                _jobs.TryRemove(job, out _);
        }
    }

    private void Leave(JobListCursor cursor)
    {
        lock (_lock)
            _list.Leave(cursor);
    }
}
