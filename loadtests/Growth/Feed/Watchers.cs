using Grpc.Net.Client;
using OrleansIngest.LoadTests.Growth.Measuring;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.LoadTests.Growth.Feed;

/// <summary>Dashboards that watch the same job, over as few connections as the server allows.</summary>
internal sealed class Watchers : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly Watcher[] _watchers;

    private Watchers(Uri server, string job, int count)
    {
        _channel = GrpcChannel.ForAddress(server, new() { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true }, DisposeHttpClient = true });
        var client = new ActivityFeed.ActivityFeedClient(_channel);
        _watchers = [.. Enumerable.Range(0, count).Select(_ => new Watcher(client.Watch(new() { Job = job })))];
    }

    /// <summary>How old each event was when each watcher had it, the youngest first.</summary>
    public List<TimeSpan> Ages => [.. _watchers.SelectMany(watcher => watcher.Ages).Order()];

    /// <summary>Opens the streams, and takes nothing from them.</summary>
    public static async Task<Watchers> Join(TestServer server, string job, int count)
    {
        var watchers = new Watchers(server.Grpc, job, count);
        await Task.WhenAll(watchers._watchers.Select(watcher => watcher.Joins()));
        return watchers;
    }

    /// <summary>Takes events as they come.</summary>
    /// <returns>Ends when all have this event.</returns>
    public Task TakeUntil(long last, CancellationToken cancellation) => Task.WhenAll(_watchers.Select(watcher => watcher.TakeUntil(last, cancellation)));

    public void Dispose()
    {
        foreach (var watcher in _watchers)
            watcher.Dispose();
        _channel.Dispose();
    }
}
