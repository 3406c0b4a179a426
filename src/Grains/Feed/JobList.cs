using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// What the watchers of all jobs share: the rows of the jobs that changed last, each job once, and a doorbell. While
/// nobody watches nothing is kept. The doorbell carries no truth, and rings at most twice a second: rows of a busy job
/// replace each other meanwhile.
/// </summary>
internal sealed class JobList(TimeProvider time)
{
    /// <summary>Jobs kept for watchers that are a little behind; those further behind read the list of jobs.</summary>
    internal const int MaxKept = 4096;

    /// <summary>How long the doorbell gathers changes.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly LinkedList<(long Version, JobRow Row)> _changed = []; // the newest last
    private readonly Dictionary<string, LinkedListNode<(long Version, JobRow Row)>> _byJob = [];
    private readonly Lock _lock = new();
    private volatile JobListCursor[] _cursors = [];
    private bool _willRing;
    private long _version;
    private long _forgotten; // changes up to this version are not kept

    /// <summary>The number of the last change. What changes later has a larger one.</summary>
    public long Version
    {
        get
        {
            lock (_lock)
                return _version;
        }
    }

    /// <summary>One more hears the doorbell. Joining and leaving are one at a time.</summary>
    public void Join(JobListCursor cursor) => _cursors = [.. _cursors, cursor];

    /// <summary>One less hears the doorbell.</summary>
    public void Leave(JobListCursor cursor)
    {
        _cursors = Array.FindAll(_cursors, other => other != cursor);
        if (_cursors.Length == 0)
            Forget();
    }

    /// <summary>A job appeared or changed.</summary>
    public void Changed(JobRow row)
    {
        if (_cursors.Length == 0)
            return;
        lock (_lock)
        {
            Put(row);
            if (!_willRing)
                _ = RingSoon();
            _willRing = true;
        }
    }

    /// <summary>
    /// The rows that changed after <paramref name="version"/>, which is moved on, the oldest change first and at most
    /// <paramref name="limit"/>; null if not all of them are kept: then the list of jobs has them.
    /// </summary>
    public IReadOnlyList<JobRow>? After(ref long version, int limit)
    {
        lock (_lock)
        {
            if (version < _forgotten)
                return null;
            var node = FirstAfter(version);
            var rows = new List<JobRow>();
            for (; node is not null && rows.Count < limit; node = node.Next)
            {
                rows.Add(node.Value.Row);
                version = node.Value.Version;
            }
            return rows;
        }
    }

    private void Put(JobRow row)
    {
        if (_byJob.TryGetValue(row.Job, out var before))
        {
            if (before.Value.Row.Head.Seq > row.Head.Seq)
                return; // told late
            _changed.Remove(before);
        }
        _byJob[row.Job] = _changed.AddLast((++_version, row));
        if (_changed.Count > MaxKept)
            ForgetOldest();
    }

    private void ForgetOldest()
    {
        var (version, row) = _changed.First!.Value;
        _forgotten = version;
        _byJob.Remove(row.Job);
        _changed.RemoveFirst();
    }

    private void Forget()
    {
        lock (_lock)
        {
            _forgotten = _version;
            _byJob.Clear();
            _changed.Clear();
        }
    }

    private LinkedListNode<(long Version, JobRow Row)>? FirstAfter(long version)
    {
        var first = _changed.Last;
        while (first?.Previous?.Value.Version > version)
            first = first.Previous;
        return first?.Value.Version > version ? first : null;
    }

    private async Task RingSoon()
    {
        await Task.Delay(Pause, time);
        lock (_lock)
            _willRing = false; // before the cursors look: what changes from now on rings again
        foreach (var cursor in _cursors)
            cursor.Ring();
    }
}
