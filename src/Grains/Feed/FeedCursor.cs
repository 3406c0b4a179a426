using System.Threading.Channels;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// A watcher's place in a job's feed. It reads from the job's ring, else from the journal: a slow watcher is only a
/// cursor further behind.
/// </summary>
internal sealed class FeedCursor(
    string job, Position after, bool progress, JobFeed feed, IJournal journal, ChannelWriter<Cursor> line)
    : Cursor(line)
{
    private const int BatchSize = 256;

    private readonly long _came = FeedMetrics.Now;
    private bool _isOfThisHistory = after.Seq == 0;
    private bool _isUpToDate;
    private bool _isDamaged;
    private long _hintVersion;

    /// <summary>Whether it takes hints.</summary>
    public bool WantsProgress => progress;

    /// <summary>The last event taken.</summary>
    public Position After { get; private set; } = after;

    /// <inheritdoc/>
    protected override async ValueTask<(IReadOnlyList<EncodedEvent> Messages, bool HasMore)> Take(
        CancellationToken cancellation)
    {
        if (_isDamaged)
            return ([], false);
        try
        {
            var messages = _isOfThisHistory ? await Events(cancellation) : await Begin(cancellation);
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
    /// Looks for the event that the watcher has last. If the job has another one there, or none, the watcher remembers
    /// another history: it is told so, and begins anew.
    /// </summary>
    private async ValueTask<IReadOnlyList<EncodedEvent>> Begin(CancellationToken cancellation)
    {
        var found = await journal.Read(job, After.Seq - 1, limit: 1, cancellation);
        _isOfThisHistory = true;
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
        if (_came != 0)
            FeedMetrics.Lag(feed.CommittedAt(events[0].Seq), _came);
    }

    private async Task<IReadOnlyList<EncodedEvent>> FromJournal(CancellationToken cancellation)
    {
        var resets = feed.Resets;
        var rows = await journal.Read(job, After.Seq, BatchSize, cancellation);
        if (rows.Count == 0)
            feed.StartAt(After.Seq, resets);
        return [.. rows.Select(row => row.Event)];
    }

    private IReadOnlyList<EncodedEvent> Hints() => [.. feed.HintsAfter(ref _hintVersion).Select(FeedMessages.Encode)];
}
