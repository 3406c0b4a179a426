using System.Threading.Channels;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// The position of a watcher in the feed of a job. It reads from the ring of the feed, or from the
/// journal if the ring does not reach back that far. A slow watcher costs no memory: its cursor
/// just falls behind.
/// </summary>
internal sealed class FeedCursor(
    string job, Position after, bool progress, JobFeed feed, IJournal journal, ChannelWriter<Cursor> ready)
    : Cursor(ready)
{
    private const int BatchSize = 256;

    private readonly long _joinedAt = FeedMetrics.Now;
    private bool _isVerified = after.Seq == 0; // the start position is known to belong to this history
    private bool _isUpToDate; // the last read came from the ring
    private bool _isDamaged;
    private long _hintVersion;

    /// <summary>Whether the watcher wants progress hints.</summary>
    public bool WantsProgress => progress;

    /// <summary>The position of the last event that was read.</summary>
    public Position After { get; private set; } = after;

    /// <inheritdoc/>
    protected override async ValueTask<(IReadOnlyList<EncodedEvent> Messages, bool HasMore)> Read(
        CancellationToken cancellation)
    {
        if (_isDamaged)
            return ([], false);
        try
        {
            var messages = _isVerified ? await Events(cancellation) : await Begin(cancellation);
            // Hints only when there is no event to send: a hint must not delay an event.
            if (messages.Count == 0 && progress)
                messages = Hints();
            return (messages, messages.Count > 0);
        }
        catch (JournalDamagedException e)
        {
            _isDamaged = true;
            return ([FeedMessages.Damaged(job, e.Seq)], false);
        }
    }

    /// <summary>
    /// Looks up the event at the start position. If the journal has another event there, or none,
    /// the client's events belong to another history (a backup was restored, for example): it gets
    /// a reset, and the cursor starts at the first event.
    /// </summary>
    private async ValueTask<IReadOnlyList<EncodedEvent>> Begin(CancellationToken cancellation)
    {
        var found = await journal.Read(job, After.Seq - 1, limit: 1, cancellation);
        _isVerified = true;
        if (found.Count > 0 && found[0].Event.At == After)
            return await Events(cancellation);
        After = default;
        return [FeedMessages.Reset(job)];
    }

    private async ValueTask<IReadOnlyList<EncodedEvent>> Events(CancellationToken cancellation)
    {
        var events = feed.After(After.Seq, BatchSize);
        if (events is null && _isUpToDate)
            FeedMetrics.Rereads.Add(1);
        _isUpToDate = events is not null;
        events ??= await FromJournal(cancellation);
        if (events.Count > 0)
            Advance(events);
        return events;
    }

    private void Advance(IReadOnlyList<EncodedEvent> events)
    {
        After = events[^1].At;
        FeedMetrics.Delivered.Add(events.Count);
        if (_joinedAt != 0)
            FeedMetrics.Lag(feed.CommittedAt(events[0].Seq), _joinedAt);
    }

    private async Task<IReadOnlyList<EncodedEvent>> FromJournal(CancellationToken cancellation)
    {
        var resets = feed.Resets; // before reading: a reset during the read makes its result outdated
        var rows = await journal.Read(job, After.Seq, BatchSize, cancellation);
        if (rows.Count == 0)
            feed.StartAt(After.Seq, resets);
        return [.. rows.Select(row => row.Event)];
    }

    private IReadOnlyList<EncodedEvent> Hints() => [.. feed.HintsAfter(ref _hintVersion).Select(FeedMessages.Encode)];
}
