using Google.Protobuf.WellKnownTypes;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// One watcher's place in a job's feed. It reads from the job's ring, else from the journal, else it waits for the
/// doorbell: a slow watcher is only a cursor further behind. One caller at a time.
/// </summary>
public sealed class FeedCursor : IDisposable
{
    /// <summary>A heartbeat comes when nothing else did for so long.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    private const int BatchSize = 256;

    private readonly string _job;
    private readonly bool _progress;
    private readonly JobFeed _feed;
    private readonly IJournal _journal;
    private readonly TimeProvider _time;
    private readonly Action _leave;
    private readonly long _came = FeedMetrics.Now;
    private bool _isUpToDate;
    private long _hintVersion;
    private int _disposed;

    internal FeedCursor(string job, long after, bool progress, JobFeed feed, IJournal journal, TimeProvider time, Action leave)
    {
        (_job, After, _progress, _feed, _journal, _time, _leave) = (job, after, progress, feed, journal, time, leave);
    }

    /// <summary>The last event taken.</summary>
    public long After { get; private set; }

    /// <summary>
    /// What comes next: events in order, or hints (which have seq 0), or a heartbeat. Waits until there is something.
    /// </summary>
    /// <exception cref="OperationCanceledException">The watcher left.</exception>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    public async Task<IReadOnlyList<EncodedEvent>> Next(CancellationToken cancellation)
    {
        var patience = _time.GetTimestamp();
        while (true)
        {
            var doorbell = _feed.Doorbell;
            var events = await Events(cancellation);
            if (events.Count == 0 && _progress)
                events = Hints();
            if (events.Count > 0)
                return events;
            var left = HeartbeatInterval - _time.GetElapsedTime(patience);
            if (left <= TimeSpan.Zero || !await Rings(doorbell, left, cancellation))
                return [Heartbeat()];
        }
    }

    /// <summary>Leaves the feed.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _leave();
    }

    private async ValueTask<IReadOnlyList<EncodedEvent>> Events(CancellationToken cancellation)
    {
        var events = _feed.After(After, BatchSize);
        if (events is null && _isUpToDate)
            FeedMetrics.Rereads.Add(1);
        _isUpToDate = events is not null;
        events ??= await FromJournal(cancellation);
        if (events.Count > 0)
            Take(events);
        return events;
    }

    private void Take(IReadOnlyList<EncodedEvent> events)
    {
        After = events[^1].Seq;
        FeedMetrics.Delivered.Add(events.Count);
        if (_came != 0)
            FeedMetrics.Lag(_feed.CommittedAt(events[0].Seq), _came);
    }

    private async Task<IReadOnlyList<EncodedEvent>> FromJournal(CancellationToken cancellation)
    {
        var resets = _feed.Resets;
        var rows = await _journal.Read(_job, After, BatchSize, cancellation);
        if (rows.Count == 0)
            _feed.StartAt(After, resets);
        return [.. rows.Select(row => row.Event)];
    }

    private IReadOnlyList<EncodedEvent> Hints() =>
        [.. _feed.HintsAfter(ref _hintVersion).Select(hint => Encode(hint))];

    private async Task<bool> Rings(Task doorbell, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            await doorbell.WaitAsync(patience, _time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private EncodedEvent Heartbeat() => Encode(new ActivityEvent
    {
        Job = _job,
        At = _time.GetUtcNow().ToTimestamp(),
        Heartbeat = new Heartbeat { Head = After },
    });

    private static EncodedEvent Encode(ActivityEvent hint) => new(0, Google.Protobuf.MessageExtensions.ToByteArray(hint));
}
