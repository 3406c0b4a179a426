using Grpc.Core;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.LoadTests.Growth.Feed;

/// <summary>A dashboard: it reads a job's events as they come, and notes their ages.</summary>
/// <param name="stream">The call.</param>
/// <param name="after">The last event that the dashboard knows already.</param>
internal sealed class Watcher(AsyncServerStreamingCall<ActivityEvent> stream, long after) : IDisposable
{
    private readonly List<TimeSpan> _ages = [];
    private long _seq = after;

    /// <summary>
    /// The age of each event: from the job's decision, before its commit, to the moment at which
    /// the client had the event.
    /// </summary>
    public IReadOnlyList<TimeSpan> Ages => _ages;

    /// <summary>Ends when the call has begun. It reads no event yet.</summary>
    public Task Joins() => stream.ResponseHeadersAsync;

    /// <summary>Reads events up to this one.</summary>
    public async Task TakeUntil(long last, CancellationToken cancellation)
    {
        while (_seq < last && await stream.ResponseStream.MoveNext(cancellation))
            Take(stream.ResponseStream.Current);
        if (_seq < last)
            throw new InvalidDataException($"The stream ended after event {_seq}.");
    }

    public void Dispose() => stream.Dispose();

    private void Take(ActivityEvent e)
    {
        _ages.Add(DateTime.UtcNow - e.At.ToDateTime());
        if (e.Seq != _seq + 1)
            throw new InvalidDataException($"Event {e.Seq} came after event {_seq}.");
        _seq = e.Seq;
    }
}
