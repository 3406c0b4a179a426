using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// The feed of all jobs in this process. Grains put in what was committed; a watcher is a cursor that takes it out. A job
/// that nobody watches costs nothing here.
/// </summary>
/// <param name="journal">Where a cursor that is behind reads.</param>
/// <param name="time">The clock for heartbeats.</param>
public sealed class ActivityFeed(IJournal journal, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, JobFeed> _jobs = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Tells watchers what was committed: the next events of the job, in order.</summary>
    public void Committed(string job, IReadOnlyList<JournalRow> rows)
    {
        if (_jobs.TryGetValue(job, out var feed))
            feed.Add(rows);
    }

    /// <summary>Tells watchers that the journal may hold events that were not passed to <see cref="Committed"/>.</summary>
    public void Reset(string job)
    {
        if (_jobs.TryGetValue(job, out var feed))
            feed.Reset();
    }

    /// <summary>Whether anybody wants to know how far uploads of this job are.</summary>
    public bool WantsProgress(string job) => _jobs.TryGetValue(job, out var feed) && feed.WantsProgress;

    /// <summary>Passes on how far an upload is; a newer hint replaces one that nobody has taken yet.</summary>
    public void Progress(string job, Guid media, ActivityEvent hint)
    {
        if (_jobs.TryGetValue(job, out var feed))
            feed.Add(media, hint);
    }

    /// <summary>A new cursor behind event <paramref name="after"/>. Dispose it.</summary>
    /// <exception cref="FeedResetException">There is no such event: the caller remembers another history.</exception>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    public async Task<FeedCursor> Watch(string job, long after, bool progress, CancellationToken cancellation = default)
    {
        var head = await journal.Head(job, cancellation);
        if (after > head)
            throw new FeedResetException(job, after, head);
        return new FeedCursor(job, after, progress, Join(job, progress), journal, time, () => Leave(job, progress));
    }

    private JobFeed Join(string job, bool progress)
    {
        lock (_lock)
        {
            var feed = _jobs.GetOrAdd(job, _ => new JobFeed());
            feed.Join(progress);
            FeedMetrics.Watchers.Add(1);
            return feed;
        }
    }

    private void Leave(string job, bool progress)
    {
        lock (_lock)
        {
            FeedMetrics.Watchers.Add(-1);
            if (_jobs[job].Leave(progress) == 0)
                _jobs.TryRemove(job, out _);
        }
    }
}

/// <summary>A watcher asked for what comes after an event that the job does not have.</summary>
public sealed class FeedResetException(string job, long after, long head)
    : Exception($"Job {job} has {head} events, so nothing comes after event {after}: start again at 0.");
