using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// What the watchers of one job share: a ring of its last committed events, the newest hint per upload, and a doorbell.
/// The doorbell carries no truth: a watcher that hears it looks.
/// </summary>
internal sealed class JobFeed
{
    /// <summary>Events kept for watchers that are a little behind; those further behind read the journal.</summary>
    internal const int RingSize = 1024;

    private readonly Dictionary<Guid, (long Version, ActivityEvent Hint)> _hints = [];
    private readonly Lock _lock = new();
    private volatile FeedCursor[] _cursors = [];
    private volatile bool _wantsProgress;
    private (EncodedEvent Event, long CommittedAt)[] _ring = []; // grows with what comes: most jobs are quiet
    private bool _known; // false: only the journal knows what the job's last event is
    private long _first; // seq of the oldest event in the ring
    private long _last; // seq of the newest; below _first: the ring is empty
    private long _hintVersion;
    private long _hintsTaken; // up to this version some watcher has them
    private long _resets;

    /// <summary>Whether any of the cursors takes hints.</summary>
    public bool WantsProgress => _wantsProgress;

    /// <summary>How often others may have written. Take it before reading the journal.</summary>
    public long Resets => Volatile.Read(ref _resets);

    /// <summary>One more hears the doorbell. Joining and leaving are one at a time.</summary>
    public void Join(FeedCursor cursor) => SetCursors([.. _cursors, cursor]);

    /// <summary>One less hears the doorbell.</summary>
    /// <returns>Whether that was the last one.</returns>
    public bool Leave(FeedCursor cursor)
    {
        SetCursors(Array.FindAll(_cursors, other => other != cursor));
        return _cursors.Length == 0;
    }

    public void Add(IReadOnlyList<JournalRow> rows)
    {
        var now = FeedMetrics.Now;
        lock (_lock)
        {
            foreach (var row in rows)
                Add(row.Event, now);
        }
        Ring();
    }

    public void Add(Guid media, ActivityEvent hint)
    {
        lock (_lock)
        {
            if (_hints.TryGetValue(media, out var last) && last.Version > _hintsTaken)
                FeedMetrics.Replaced.Add(1);
            _hints[media] = (++_hintVersion, hint);
        }
        Ring(forHint: true);
    }

    /// <summary>
    /// The events after <paramref name="seq"/>, at most <paramref name="limit"/>; null if the ring does not know, or
    /// does not reach back that far: then the journal does.
    /// </summary>
    public IReadOnlyList<EncodedEvent>? After(long seq, int limit)
    {
        lock (_lock)
        {
            if (!_known || seq + 1 < _first)
                return null;
            var count = (int)Math.Clamp(_last - seq, 0, limit);
            var events = new EncodedEvent[count];
            for (var i = 0; i < count; i++)
                events[i] = _ring[(seq + 1 + i) % _ring.Length].Event;
            return events;
        }
    }

    /// <summary>When an event was committed, as <see cref="FeedMetrics.Now"/>; 0 if the ring does not know.</summary>
    public long CommittedAt(long seq)
    {
        lock (_lock)
            return _known && seq >= _first && seq <= _last ? _ring[seq % _ring.Length].CommittedAt : 0;
    }

    /// <summary>
    /// The journal had nothing after <paramref name="seq"/>, so what is added next follows it; unless somebody else may
    /// have written since <paramref name="resets"/> was taken.
    /// </summary>
    public void StartAt(long seq, long resets)
    {
        lock (_lock)
        {
            if (!_known && _resets == resets)
                (_known, _first, _last) = (true, seq + 1, seq);
        }
    }

    /// <summary>Somebody else may have written: forgets what it has and lets the watchers look.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _known = false;
            _resets++;
            _hints.Clear(); // nobody says which uploads have ended
        }
        Ring();
    }

    /// <summary>The hints newer than <paramref name="version"/>, which is moved on.</summary>
    public IReadOnlyList<ActivityEvent> HintsAfter(ref long version)
    {
        lock (_lock)
        {
            var seen = version;
            version = _hintsTaken = _hintVersion;
            return seen == _hintVersion ? [] : [.. _hints.Values.Where(h => h.Version > seen).Select(h => h.Hint)];
        }
    }

    private void Add(EncodedEvent e, long now)
    {
        // An upload that ended is told by an event; its last hint would only come after it.
        if (_hints.Count > 0)
            _hints.Remove(Guid.Parse(ActivityEvent.Parser.ParseFrom(e.Bytes.Span).Media));
        // A watcher found it in the journal already, or a newer one was told first (by another activation of the job).
        if (_known && e.Seq <= _last)
            return;
        // After a gap (somebody else wrote what lies between) the ring starts anew.
        _first = _known && e.Seq == _last + 1 ? Math.Max(_first, e.Seq - RingSize + 1) : e.Seq;
        MakeRoom((int)(e.Seq - _first + 1));
        (_known, _last) = (true, e.Seq);
        _ring[e.Seq % _ring.Length] = (e, now);
    }

    private void MakeRoom(int count)
    {
        if (count <= _ring.Length)
            return;
        var larger = new (EncodedEvent, long)[Math.Clamp(2 * count, 16, RingSize)];
        for (var seq = _first; seq < _first + count - 1; seq++)
            larger[seq % larger.Length] = _ring[seq % _ring.Length];
        _ring = larger;
    }

    private void SetCursors(FeedCursor[] cursors)
    {
        _cursors = cursors;
        _wantsProgress = Array.Exists(cursors, cursor => cursor.WantsProgress);
    }

    private void Ring(bool forHint = false)
    {
        foreach (var cursor in _cursors)
        {
            if (!forHint || cursor.WantsProgress)
                cursor.Ring();
        }
    }
}
