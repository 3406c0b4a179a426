using System.Net.ServerSentEvents;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Feed;

/// <summary>
/// A server whose data folder was put back to an earlier state tells the
/// watchers of what happened since.
/// </summary>
public sealed class RestoredTests
{
    private const string Job = "site-1";
    private const string Kept = "site-2";

    [Fact]
    public async Task Watchers_of_what_is_gone_begin_anew_even_when_the_job_has_grown_past_it()
    {
        await using var server = await IngestServer.Start();
        await Send(server, Job);
        await Send(server, Kept);
        await server.Stop();
        var backup = $"{server.DataDir}-backup";
        await Folders.Copy(server.DataDir, backup);
        await server.Restart();
        await Send(server, Job);
        var (gone, id) = (await Last(server, Job), await LastId(server));
        var kept = await Last(server, Kept);
        await server.Stop();
        Directory.Delete(server.DataDir, recursive: true);
        Directory.Move(backup, server.DataDir);
        await server.Restart();
        for (var i = 0; i < 3; i++)
            await Send(server, Job);

        await using var one = await FeedWatcher.Start(server, Job, gone);
        await using var many = await FeedWatcher.StartMany(server, [(Job, gone), (Kept, kept)]);
        await one.Sees("the last event", e => e.Seq == 8);
        await many.Sees("the last event", e => e.Seq == 8);
        await Send(server, Kept);
        await many.Sees("the kept job's last event", e => e.Job == Kept && e.Seq == 4);

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], one.Everything.Select(e => e.Seq));
        Assert.NotNull(one.Everything[0].FeedReset);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], many.Everything.Where(e => e.Job == Job).Select(e => e.Seq));
        Assert.Equal([3, 4], many.Everything.Where(e => e.Job == Kept).Select(e => e.Seq));
        var browser = await ReadHttp(server, id, 3);
        Assert.Equal(["feed_reset", "upload_started", "media_stored"], browser.Select(e => e.EventType));
    }

    private static Task<HttpAnswer> Send(IngestServer server, string job) =>
        Upload.CreateWith(job, Fresh.Media(), Fresh.Media().ToByteArray(), 16).Run(server);

    private static async Task<Position> Last(IngestServer server, string job)
    {
        await using var grpc = await GrpcJs.Start(server);
        return (await grpc.GetJob(job)).AsOf;
    }

    private static async Task<string> LastId(IngestServer server) => (await ReadHttp(server, "0", 4))[3].EventId!;

    private static async Task<List<SseItem<string>>> ReadHttp(IngestServer server, string after, int count)
    {
        await using var body = await server.Client.GetStreamAsync($"/jobs/{Job}/activity?after={after}");
        var events = ServerSentEvents.Read(body).Take(count);
        return await Eventually.Comes($"{count} events", events.ToListAsync().AsTask());
    }
}
