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

    /// <summary>How old each event was when each watcher had it, the youngest first.</summary>
    public List<TimeSpan> Ages => [.. _watchers.SelectMany(watcher => watcher.Ages).Order()];

    /// <summary>Opens the streams, and takes nothing from them.</summary>
    /// <param name="server">Where.</param>
    /// <param name="job">What they watch.</param>
    /// <param name="after">The last event that they know already; null to begin at the first.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="channels">How many clients they share; each has a connection for 500 of its streams.</param>
    public static async Task<Watchers> Join(TestServer server, string job, Position? after, int count, int channels = 1)
    {
        var watchers = new Watchers(server.Grpc, job, after, count, channels);
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
        foreach (var channel in _channels)
            channel.Dispose();
    }

    /// <summary>A job's last event.</summary>
    public static async Task<Position> Head(TestServer server, string job)
    {
        using var channel = Channel(server.Grpc);
        return (await new Jobs.JobsClient(channel).GetJobAsync(new() { Job = job })).AsOf;
    }

    private static GrpcChannel Channel(Uri server) =>
        GrpcChannel.ForAddress(server, new() { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true }, DisposeHttpClient = true });

    private static Watcher Watch(GrpcChannel channel, string job, Position? after) =>
        new(new ActivityFeed.ActivityFeedClient(channel).Watch(new() { Job = job, After = after }), after?.Seq ?? 0);
}
