using System.Threading.Channels;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// The position of a watcher in one feed. A cursor has no queue of messages; it reads them from the
/// feed or the journal.
/// </summary>
/// <param name="ready">The queue of the watcher's cursors that may have something to read.</param>
internal abstract class Cursor(ChannelWriter<Cursor> ready)
{
    private int _isQueued;

    /// <summary>
    /// Signals that the feed may have something new. Queues the cursor unless it is queued already.
    /// </summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _isQueued, 1) == 0)
            ready.TryWrite(this);
    }

    /// <summary>
    /// Reads the next messages, and queues the cursor again if there may be more. May be empty.
    /// </summary>
    /// <exception cref="JournalException">
    /// The journal cannot be read now. The cursor is queued again.
    /// </exception>
    public async ValueTask<IReadOnlyList<EncodedEvent>> TakeTurn(CancellationToken cancellation)
    {
        // Reset before reading, so that a signal for anything that this read misses queues
        // the cursor again.
        Interlocked.Exchange(ref _isQueued, 0);
        var hasMore = true;
        try
        {
            (var messages, hasMore) = await Read(cancellation);
            return messages;
        }
        finally
        {
            if (hasMore)
                Signal();
        }
    }

    /// <summary>
    /// Reads the next messages. <c>HasMore</c> says that there may be more without a new signal.
    /// </summary>
    protected abstract ValueTask<(IReadOnlyList<EncodedEvent> Messages, bool HasMore)> Read(
        CancellationToken cancellation);
}
