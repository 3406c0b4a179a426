using Grpc.Core;
using OrleansIngest.LoadTests.Growth.Measuring;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Growth.Feed;

/// <summary>Uploads into a job of their own at a steady rate, and watchers of that job.</summary>
/// <param name="Load">The cost of the uploads, including the watchers.</param>
/// <param name="P50">The median age of an event when a watcher received it.</param>
/// <param name="P99">The 99th percentile of that age.</param>
/// <param name="IsDelivered">
/// Whether all watchers had all events soon after the last upload.
/// </param>
internal sealed record FeedRound(Load Load, TimeSpan P50, TimeSpan P99, bool IsDelivered)
{
    private const int Connections = 64;
    private const int Photo = 64 << 10;
    private const int EventsOfAnUpload = 2; // upload_started, media_stored
    // Uploads. Their events are more than HTTP/2 sends to a stream that is not read.
    private const int History = 1000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private static int s_jobs;

    /// <summary>Runs a round.</summary>
    /// <param name="server">The server.</param>
    /// <param name="scale">The duration, and the number of watchers.</param>
    /// <param name="rate">Uploads per second.</param>
    /// <param name="stalled">
    /// The number of further watchers on a connection of their own. They never read their streams,
    /// not even the events from before the round.
    /// </param>
    /// <param name="clients">The number of clients that the watchers share.</param>
    public static async Task<FeedRound> Run(TestServer server, Scale scale, int rate, int stalled = 0, int clients = 1)
    {
        var job = $"feed-{Interlocked.Increment(ref s_jobs)}";
        var uploads = (int)(rate * scale.FeedTime.TotalSeconds);
        using var crowd = new Crowd(server.Address, Connections);
        Load.Run(server, crowd, History, (connection, _) => Tus.Whole(connection, Collection(job), Content.Smallest));
        var known = await Watchers.Head(server, job);
        using var idle = await Watchers.Join(server, job, after: null, stalled);
        using var watchers = await Watchers.Join(server, job, known, scale.Watchers, clients);
        using var patience = new CancellationTokenSource();
        var taking = watchers.TakeUntil(known.Seq + (EventsOfAnUpload * uploads), patience.Token);
        // The load blocks its thread. It must not run on this thread, because gRPC may use this
        // thread to read a watcher's stream once the call has begun.
        var load = await Task.Run(
            () => Load.Run(server, crowd, uploads, rate, connection => Tus.Whole(connection, Collection(job), Photo)));
        patience.CancelAfter(s_patience);
        var isDelivered = await IsWhole(taking);
        var ages = watchers.Ages;
        return new(load, ages.Percentile(50), ages.Percentile(99), isDelivered);
    }

    private static string Collection(string job) => $"/jobs/{job}/uploads";

    private static async Task<bool> IsWhole(Task taking)
    {
        try
        {
            await taking;
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled)
        {
            return false;
        }
    }
}
