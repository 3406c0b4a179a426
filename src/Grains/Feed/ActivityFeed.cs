using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;

using JobRow = OrleansIngest.Grains.Ports.JobRow;
using Position = OrleansIngest.Grains.Ports.Position;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// The live feeds of all jobs in this process. Job grains publish committed events; the cursors of
/// a watcher read them. A job without watchers keeps nothing here.
/// </summary>
/// <param name="journal">
/// The journal, from which a cursor reads events that its feed no longer keeps.
/// </param>
/// <param name="index">The list of jobs, which a watcher of all jobs reads first.</param>
/// <param name="time">The clock for heartbeats and pauses.</param>
public sealed class ActivityFeed(IJournal journal, IJobIndex index, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, JobFeed> _jobs = new(StringComparer.Ordinal);
    private readonly JobList _list = new(time);
    private readonly Lock _lock = new(); // serializes joining and leaving

    /// <summary>
    /// Publishes committed events to the watchers: the next events of a job, in order.
    /// </summary>
    public void Committed(JournalAppend append)
    {
        if (_jobs.TryGetValue(append.Job, out var feed))
            feed.Add(append.Rows);
        _list.Changed(append.JobRow);
    }

    /// <summary>
    /// Tells the watchers that the journal may hold events that were not passed to
    /// <see cref="Committed"/>.
    /// </summary>
    /// <param name="job">The key of the job.</param>
    /// <param name="row">The row of the job in the journal; null if the job has no event.</param>
    public void Reset(string job, JobRow? row)
    {
        if (_jobs.TryGetValue(job, out var feed))
            feed.Reset();
        if (row is not null)
            _list.Changed(row);
    }

    /// <summary>Whether a watcher of the job wants progress hints.</summary>
    public bool WantsProgress(string job) => _jobs.TryGetValue(job, out var feed) && feed.WantsProgress;

    /// <summary>
    /// Publishes a progress hint of an upload. It replaces an older hint that no watcher
    /// has read yet.
    /// </summary>
    public void Progress(ActivityEvent hint)
    {
        if (_jobs.TryGetValue(hint.Job, out var feed))
            feed.Add(hint);
    }

    /// <summary>Creates a watcher. The caller must dispose it.</summary>
    /// <param name="jobs">
    /// The jobs to watch, each once, and the position of the last event that the client
    /// has of each.
    /// </param>
    /// <param name="progress">Whether the watcher wants progress hints of these jobs.</param>
    /// <param name="all">
    /// Whether the watcher also gets a row for every job: first for all that exist, then for each
    /// that appears or changes.
    /// </param>
    public Watcher Watch(IEnumerable<(string Job, Position After)> jobs, bool progress = false, bool all = false)
    {
        var watcher = new Watcher(time);
        lock (_lock)
        {
            FeedMetrics.Watchers.Add(1);
            watcher.OnDispose(() => FeedMetrics.Watchers.Add(-1));
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
        var cursor = new FeedCursor(job, after, progress, feed, journal, watcher.ReadyQueue);
        feed.Join(cursor);
        cursor.Signal(); // after joining: there may be events already
        watcher.OnDispose(() => Leave(job, feed, cursor));
    }

    private void JoinList(Watcher watcher)
    {
        var cursor = new JobListCursor(_list, index, watcher.ReadyQueue);
        _list.Join(cursor);
        cursor.Signal();
        watcher.OnDispose(() => Leave(cursor));
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
