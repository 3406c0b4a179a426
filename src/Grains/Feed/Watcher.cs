using System.Threading.Channels;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// A client that watches jobs, with a cursor for each. The cursors take turns, so a busy job does
/// not keep the others waiting. A cursor is queued only when its feed has signalled it, so a quiet
/// job costs nothing. Not thread-safe: one call of <see cref="Next"/> at a time.
/// </summary>
public sealed class Watcher : IDisposable
{
    /// <summary>The time without a message after which a heartbeat is sent.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    // The cursors that may have something to read, each at most once, in the order of their turns.
    private readonly Channel<Cursor> _ready = Channel.CreateUnbounded<Cursor>(new() { SingleReader = true });
    private readonly TimeProvider _time;
    private List<Action>? _cleanups = [];
    private Task? _signal;

    internal Watcher(TimeProvider time) => _time = time;

    /// <summary>The queue of the cursors that may have something to read.</summary>
    internal ChannelWriter<Cursor> ReadyQueue => _ready.Writer;

    /// <summary>
    /// Waits for the next messages: events of one job in order, other messages (with seq 0),
    /// or a heartbeat.
    /// </summary>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    public async Task<IReadOnlyList<EncodedEvent>> Next(CancellationToken cancellation)
    {
        var since = _time.GetTimestamp();
        while (true)
        {
            while (_ready.Reader.TryRead(out var cursor))
            {
                if (await cursor.TakeTurn(cancellation) is { Count: > 0 } messages)
                    return messages;
            }
            var timeout = HeartbeatInterval - _time.GetElapsedTime(since);
            if (timeout <= TimeSpan.Zero || !await WaitForSignal(timeout, cancellation))
                return [FeedMessages.Heartbeat(_time.GetUtcNow())];
        }
    }

    /// <summary>Leaves the feeds.</summary>
    public void Dispose() => Interlocked.Exchange(ref _cleanups, null)?.ForEach(cleanup => cleanup());

    /// <summary>Adds an action that <see cref="Dispose"/> runs.</summary>
    internal void OnDispose(Action cleanup) => _cleanups!.Add(cleanup);

    private async Task<bool> WaitForSignal(TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            // A wait that timed out is kept for the next call; a new one would leave another waiter
            // in the channel each time.
            _signal ??= _ready.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            await _signal.WaitAsync(timeout, _time, cancellation);
            _signal = null;
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
