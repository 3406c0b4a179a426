using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// The shared feed of the watchers of all jobs: the rows of the jobs that changed last, one per
/// job, and the cursors to signal. It keeps nothing while there is no watcher. A signal carries no
/// data and comes at most twice a second; meanwhile the rows of a busy job replace each other.
/// </summary>
internal sealed class JobList(TimeProvider time)
{
    /// <summary>
    /// The number of rows kept. A cursor that is further behind reads the list of jobs again.
    /// </summary>
    internal const int MaxKept = 4096;

    /// <summary>How long changes are gathered before the cursors are signalled.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly LinkedList<(long Version, JobRow Row)> _changed = []; // in the order of their versions
    private readonly Dictionary<string, LinkedListNode<(long Version, JobRow Row)>> _byJob = [];
    private readonly Lock _lock = new();
    private volatile JobListCursor[] _cursors = [];
    private bool _willSignal;
    private long _version;
    private long _forgotten; // changes up to this version are no longer kept

    /// <summary>The version of the last change. Later changes have larger versions.</summary>
    public long Version
    {
        get
        {
            lock (_lock)
                return _version;
        }
    }

    /// <summary>Adds a cursor. The caller serializes the calls of Join and Leave.</summary>
    public void Join(JobListCursor cursor) => _cursors = [.. _cursors, cursor];

    /// <summary>Removes a cursor.</summary>
    public void Leave(JobListCursor cursor)
    {
        _cursors = Array.FindAll(_cursors, other => other != cursor);
        if (_cursors.Length == 0)
            Forget();
    }

    /// <summary>Records the row of a job that is new or has changed.</summary>
    public void Changed(JobRow row)
    {
        if (_cursors.Length == 0)
            return;
        lock (_lock)
        {
            Put(row);
            if (!_willSignal)
                _ = SignalSoon();
            _willSignal = true;
        }
    }

    /// <summary>
    /// At most <paramref name="limit"/> rows that changed after <paramref name="version"/>, oldest
    /// change first; sets <paramref name="version"/> to that of the last one. Null if older changes
    /// are no longer kept; then the list of jobs must be read.
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
                return; // an older row that arrived late
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
        // From the end: a watcher is usually only a few changes behind.
        var first = _changed.Last;
        while (first?.Previous?.Value.Version > version)
            first = first.Previous;
        return first?.Value.Version > version ? first : null;
    }

    private async Task SignalSoon()
    {
        await Task.Delay(Pause, time);
        // Reset before signalling, so that a change that the cursors miss is signalled again.
        lock (_lock)
            _willSignal = false;
        foreach (var cursor in _cursors)
            cursor.Signal();
    }
}
