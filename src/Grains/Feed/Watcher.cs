using System.Threading.Channels;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// Somebody who watches jobs: a cursor for each, which take turns, so one that always has something does not keep
/// the others waiting. A cursor stands in line only when its job's doorbell has rung, so quiet jobs cost nothing. One
/// caller at a time.
/// </summary>
public sealed class Watcher : IDisposable
{
    /// <summary>A heartbeat comes when nothing else did for so long.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    // Each cursor stands in it once.
    private readonly Channel<Cursor> _line = Channel.CreateUnbounded<Cursor>(new() { SingleReader = true });
    private readonly TimeProvider _time;
    private List<Action>? _leave = [];
    private Task? _ring;

    internal Watcher(TimeProvider time) => _time = time;

    /// <summary>Where its cursors stand in line.</summary>
    internal ChannelWriter<Cursor> Line => _line.Writer;

    /// <summary>
    /// What comes next: events of a job in order, or passing messages (which have seq 0), or a heartbeat. Waits until
    /// there is something.
    /// </summary>
    /// <exception cref="OperationCanceledException">The watcher left.</exception>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    public async Task<IReadOnlyList<EncodedEvent>> Next(CancellationToken cancellation)
    {
        var since = _time.GetTimestamp();
        while (true)
        {
            while (_line.Reader.TryRead(out var cursor))
            {
                if (await cursor.TakeTurn(cancellation) is { Count: > 0 } messages)
                    return messages;
            }
            var patience = HeartbeatInterval - _time.GetElapsedTime(since);
            if (patience <= TimeSpan.Zero || !await Rings(patience, cancellation))
                return [FeedMessages.Heartbeat(_time.GetUtcNow())];
        }
    }

    /// <summary>Leaves the feeds.</summary>
    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.ForEach(leave => leave());

    /// <summary>What to do when it leaves.</summary>
    internal void OnLeave(Action leave) => _leave!.Add(leave);

    private async Task<bool> Rings(TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            _ring ??= _line.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            await _ring.WaitAsync(patience, _time, cancellation);
            _ring = null;
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
