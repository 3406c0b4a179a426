using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

using ActivityEvent = OrleansIngest.Protos.V1.ActivityEvent;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// The shared feed of one job: a ring of its last committed events, the newest hint of each upload,
/// and the cursors to signal. A signal carries no data: a cursor that gets one reads the feed.
/// </summary>
internal sealed class JobFeed
{
    /// <summary>
    /// The number of events kept. A cursor that is further behind reads the journal.
    /// </summary>
    internal const int RingSize = 1024;

    private readonly Dictionary<EventSubject, (long Version, ActivityEvent Hint)> _hints = [];
    private readonly Lock _lock = new();
    private volatile FeedCursor[] _cursors = [];
    private volatile bool _wantsProgress;
    private (EncodedEvent Event, long CommittedAt)[] _ring = []; // grows on demand: most jobs are quiet
    private bool _known; // false: the ring is unusable, only the journal knows the last event
    private long _first; // seq of the oldest event in the ring
    private long _last; // seq of the newest event; below _first if the ring is empty
    private long _hintVersion;
    private long _hintsTaken; // the newest version that some watcher has read
    private long _resets;

    /// <summary>Whether a watcher wants progress hints.</summary>
    public bool WantsProgress => _wantsProgress;

    /// <summary>
    /// The number of resets. Read it before reading the journal, and pass it to
    /// <see cref="StartAt"/>.
    /// </summary>
    public long Resets => Volatile.Read(ref _resets);

    /// <summary>Adds a cursor. The caller serializes the calls of Join and Leave.</summary>
    public void Join(FeedCursor cursor) => SetCursors([.. _cursors, cursor]);

    /// <summary>Removes a cursor.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Leave(FeedCursor cursor)
    {
        SetCursors(Array.FindAll(_cursors, other => other != cursor));
        return _cursors.Length == 0;
    }

    /// <summary>Adds committed events.</summary>
    public void Add(IReadOnlyList<JournalRow> rows)
    {
        var now = FeedMetrics.Now;
        lock (_lock)
        {
            foreach (var row in rows)
                Add(row.Event, now);
        }
        Signal();
    }

    /// <summary>Adds a progress hint; it replaces the last one of the upload.</summary>
    public void Add(ActivityEvent hint)
    {
        var upload = EventSubject.Of(hint);
        lock (_lock)
        {
            if (_hints.TryGetValue(upload, out var last) && last.Version > _hintsTaken)
                FeedMetrics.Replaced.Add(1);
            _hints[upload] = (++_hintVersion, hint);
        }
        Signal(forHint: true);
    }

    /// <summary>
    /// The events after <paramref name="seq"/>, at most <paramref name="limit"/>. Null if the ring
    /// does not reach back that far or is unusable; then the journal must be read.
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

    /// <summary>
    /// When an event was committed (<see cref="FeedMetrics.Now"/>); 0 if the ring does not have it.
    /// </summary>
    public long CommittedAt(long seq)
    {
        lock (_lock)
            return _known && seq >= _first && seq <= _last ? _ring[seq % _ring.Length].CommittedAt : 0;
    }

    /// <summary>
    /// Makes the ring usable: the journal had no event after <paramref name="seq"/>, so the next
    /// added event follows it. Does nothing if the feed was reset since <paramref name="resets"/>
    /// was read, as the journal may have new events by now.
    /// </summary>
    public void StartAt(long seq, long resets)
    {
        lock (_lock)
        {
            if (!_known && _resets == resets)
                (_known, _first, _last) = (true, seq + 1, seq);
        }
    }

    /// <summary>
    /// Empties the ring, because another activation of the job may have written events, and lets
    /// the cursors read the journal.
    /// </summary>
    public void Reset()
    {
        lock (_lock)
        {
            _known = false;
            _resets++;
            _hints.Clear(); // the events that ended their uploads may have been missed
        }
        Signal();
    }

    /// <summary>
    /// The hints newer than <paramref name="version"/>, which is set to the newest version.
    /// </summary>
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
        // The event is newer than the hint of its upload, so the hint would be sent out of order.
        if (_hints.Count > 0)
            _hints.Remove(EventSubject.Of(ActivityEvent.Parser.ParseFrom(e.Bytes.Span)));
        // Known already: StartAt came after this commit, or another activation of the job published
        // a newer event first.
        if (_known && e.Seq <= _last)
            return;
        // After a gap (another activation wrote the events between) the ring starts anew
        // with this event.
        _first = _known && e.Seq == _last + 1 ? Math.Max(_first, e.Seq - RingSize + 1) : e.Seq;
        Grow((int)(e.Seq - _first + 1));
        (_known, _last) = (true, e.Seq);
        _ring[e.Seq % _ring.Length] = (e, now);
    }

    private void Grow(int count)
    {
        if (count <= _ring.Length)
            return;
        // An event's index is its seq modulo the length, so all events move.
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

    private void Signal(bool forHint = false)
    {
        foreach (var cursor in _cursors)
        {
            if (!forHint || cursor.WantsProgress)
                cursor.Signal();
        }
    }
}
