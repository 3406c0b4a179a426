using Grpc.Core;
using OrleansIngest.LoadTests.Growth.Measuring;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Growth.Feed;

/// <summary>Uploads into a job of their own at a steady rate, and those who watch it.</summary>
/// <param name="Load">What the uploads cost, and the watchers with them.</param>
/// <param name="P50">How old an event was when a watcher had it.</param>
/// <param name="P99">99 of 100 were no older.</param>
/// <param name="IsDelivered">Whether all watchers had all events soon after the last upload.</param>
internal sealed record FeedRound(Load Load, TimeSpan P50, TimeSpan P99, bool IsDelivered)
{
    private const int Connections = 64;
    private const int Photo = 64 << 10;
    private const int EventsOfAnUpload = 2; // upload_started, media_stored
    private const int History = 1000; // uploads, whose events are more than HTTP/2 sends to a stream that takes nothing

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private static int s_jobs;

    /// <summary>Runs it.</summary>
    /// <param name="server">Where.</param>
    /// <param name="scale">How long, and how many watch.</param>
    /// <param name="rate">Uploads a second.</param>
    /// <param name="stalled">How many more watch, over a connection of their own, and never take anything, not even what was there before.</param>
    /// <param name="clients">How many clients those who watch share.</param>
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
        // A load blocks its thread, and this one may be the thread that would read a watcher's stream: gRPC goes on on it once the call has begun.
        var load = await Task.Run(() => Load.Run(server, crowd, uploads, rate, connection => Tus.Whole(connection, Collection(job), Photo)));
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
