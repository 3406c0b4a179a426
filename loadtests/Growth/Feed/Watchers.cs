using Grpc.Net.Client;
using OrleansIngest.LoadTests.Growth.Measuring;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.LoadTests.Growth.Feed;

/// <summary>Dashboards that watch the same job.</summary>
internal sealed class Watchers : IDisposable
{
    private readonly GrpcChannel[] _channels;
    private readonly Watcher[] _watchers;

    private Watchers(Uri server, string job, Position? after, int count, int channels)
    {
        _channels = [.. Enumerable.Range(0, channels).Select(_ => Channel(server))];
        _watchers = [.. Enumerable.Range(0, count).Select(number => Watch(_channels[number % channels], job, after))];
    }

    /// <summary>The ages of all events at all watchers, in ascending order.</summary>
    public List<TimeSpan> Ages => [.. _watchers.SelectMany(watcher => watcher.Ages).Order()];

    /// <summary>Opens the streams, without reading them.</summary>
    /// <param name="server">The server.</param>
    /// <param name="job">The key of the job.</param>
    /// <param name="after">
    /// The last event that the watchers know already; null to begin at the first.
    /// </param>
    /// <param name="count">The number of watchers.</param>
    /// <param name="channels">
    /// The number of clients that they share; each has a connection for 500 streams.
    /// </param>
    public static async Task<Watchers> Join(TestServer server, string job, Position? after, int count, int channels = 1)
    {
        var watchers = new Watchers(server.Grpc, job, after, count, channels);
        await Task.WhenAll(watchers._watchers.Select(watcher => watcher.Joins()));
        return watchers;
    }

    /// <summary>Reads events as they come.</summary>
    /// <returns>Ends when all watchers have this event.</returns>
    public Task TakeUntil(long last, CancellationToken cancellation) =>
        Task.WhenAll(_watchers.Select(watcher => watcher.TakeUntil(last, cancellation)));

    public void Dispose()
    {
        foreach (var watcher in _watchers)
            watcher.Dispose();
        foreach (var channel in _channels)
            channel.Dispose();
    }

    /// <summary>The last event of a job.</summary>
    public static async Task<Position> Head(TestServer server, string job)
    {
        using var channel = Channel(server.Grpc);
        return (await new Jobs.JobsClient(channel).GetJobAsync(new() { Job = job })).AsOf;
    }

    private static GrpcChannel Channel(Uri server) =>
        GrpcChannel.ForAddress(
            server,
            new()
            {
                HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
                DisposeHttpClient = true,
            });

    private static Watcher Watch(GrpcChannel channel, string job, Position? after) =>
        new(new ActivityFeed.ActivityFeedClient(channel).Watch(new() { Job = job, After = after }), after?.Seq ?? 0);
}
