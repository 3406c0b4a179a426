using System.Threading.Channels;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Feed;

/// <summary>A watcher's place in one of the things that it watches. It keeps nothing else: there is no queue.</summary>
/// <param name="line">The watcher's cursors that may have something to give, in the order of their turns.</param>
internal abstract class Cursor(ChannelWriter<Cursor> line)
{
    private int _isInLine;

    /// <summary>Something new may be there: it stands in line for a turn, once, to look.</summary>
    public void Ring()
    {
        if (Interlocked.Exchange(ref _isInLine, 1) == 0)
            line.TryWrite(this);
    }

    /// <summary>Its turn: takes what is there, and stands in line again if there may be more.</summary>
    /// <exception cref="JournalException">The journal cannot be read now. It stands in line again.</exception>
    public async ValueTask<IReadOnlyList<EncodedEvent>> TakeTurn(CancellationToken cancellation)
    {
        Interlocked.Exchange(ref _isInLine, 0); // before it looks: what comes from now on rings again
        var hasMore = true;
        try
        {
            (var messages, hasMore) = await Take(cancellation);
            return messages;
        }
        finally
        {
            if (hasMore)
                Ring();
        }
    }

    /// <summary>What is there now, and whether there may be more that nobody rings for.</summary>
    protected abstract ValueTask<(IReadOnlyList<EncodedEvent> Messages, bool HasMore)> Take(
        CancellationToken cancellation);
}
