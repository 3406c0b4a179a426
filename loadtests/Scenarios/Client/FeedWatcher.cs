using Grpc.Core;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.LoadTests.Scenarios.Client;

/// <summary>
/// A dashboard: it watches a job from the beginning, and checks that every event comes once and in
/// order.
/// </summary>
internal sealed class FeedWatcher : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly AsyncServerStreamingCall<ActivityEvent> _call;
    private readonly Action<ActivityEvent> _seen;
    private readonly Task _watching;
    private long _last;

    /// <summary>Starts to watch.</summary>
    /// <param name="feed">The feed of the server.</param>
    /// <param name="job">The key of the job.</param>
    /// <param name="seen">Called with each event.</param>
    public FeedWatcher(ActivityFeed.ActivityFeedClient feed, string job, Action<ActivityEvent> seen)
    {
        (Job, _seen) = (job, seen);
        _call = feed.Watch(new WatchRequest { Job = job });
        _watching = Watch();
    }

    /// <summary>The key of the job.</summary>
    public string Job { get; }

    /// <summary>Ends when the server has accepted the call.</summary>
    public Task Started => _call.ResponseHeadersAsync;

    /// <summary>Waits until the last event of the job has come.</summary>
    /// <returns>What is wrong; null if all events came.</returns>
    public async Task<string?> MustReach(long head)
    {
        using var enough = new CancellationTokenSource(s_patience);
        while (Interlocked.Read(ref _last) < head && !_watching.IsCompleted && !enough.IsCancellationRequested)
            await Task.Delay(s_betweenLooks, CancellationToken.None);
        var why = _watching.IsFaulted ? $": {_watching.Exception.InnerException!.Message}" : ".";
        return _watching.IsCompleted || _last < head ? $"A watcher of {Job} saw {_last} of {head} events{why}" : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Watch()
    {
        while (await _call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var e = _call.ResponseStream.Current;
            if (e.Seq == 0)
                continue; // a message that is not an event
            if (e.Seq != _last + 1)
                throw new InvalidDataException($"event {e.Seq} came after {_last}");
            _seen(e);
            Interlocked.Exchange(ref _last, e.Seq);
        }
    }
}
