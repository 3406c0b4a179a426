using System.Text;
using Google.Protobuf;
using OrleansIngest.EndToEnd.Api;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Feed;

/// <summary>What a browser does: gRPC-Web over HTTP/1.1.</summary>
[Collection(ApiCollection.Name)]
public sealed class GrpcWebTests(ApiServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    [Fact]
    public async Task A_call_is_answered()
    {
        await Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Run(_server);

        using var response = await Call("Jobs/GetJob", new GetJobRequest { Job = _job });
        await using var body = await response.Content.ReadAsStreamAsync();
        var job = Job.Parser.ParseFrom((await GrpcWeb.Frame(body)).Payload);
        var (flag, trailers) = await GrpcWeb.Frame(body);

        Assert.Equal(new Received { Total = 1, Stored = 1, StoredBytes = 3 }, job.Received);
        Assert.Equal(GrpcWeb.Trailers, flag);
        Assert.Matches("grpc-status: ?0", Encoding.ASCII.GetString(trailers));
    }

    [Fact]
    public async Task A_failure_says_why()
    {
        using var response = await Call("Jobs/GetJob", new GetJobRequest { Job = _job });

        var said = await Said(response);
        Assert.Matches("grpc-status: ?5", said);
        Assert.Matches("ingest-error: ?job-not-found", said);
    }

    [Fact]
    public async Task A_watcher_gets_facts_as_they_happen()
    {
        using var response = await Call("ActivityFeed/Watch", new WatchRequest { Job = _job });
        await using var body = await response.Content.ReadAsStreamAsync();

        await Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Run(_server);
        var first = ActivityEvent.Parser.ParseFrom((await GrpcWeb.Frame(body)).Payload);
        var second = ActivityEvent.Parser.ParseFrom((await GrpcWeb.Frame(body)).Payload);

        Assert.Equal((1L, 3L), (first.Seq, first.UploadStarted.Length));
        Assert.Equal((2L, 3L), (second.Seq, second.MediaStored.Length));
    }

    [Fact]
    public async Task A_watcher_of_many_jobs_gets_the_facts_of_all_of_them()
    {
        var other = Fresh.Job();
        var request =
            new WatchManyRequest { Watched = { new WatchedJob { Job = _job }, new WatchedJob { Job = other } } };
        using var response = await Call("ActivityFeed/WatchMany", request);
        await using var body = await response.Content.ReadAsStreamAsync();

        await Upload.CreateWith(other, Fresh.Media(), [1, 2, 3], 3).Run(_server);
        await Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Run(_server);
        var seen = new List<ActivityEvent>();
        while (seen.Count < 4)
            seen.Add(ActivityEvent.Parser.ParseFrom((await GrpcWeb.Frame(body)).Payload));

        Assert.Equal([(other, 1), (other, 2), (_job, 1), (_job, 2)], seen.Select(e => (e.Job, (int)e.Seq)));
        Assert.Distinct(seen.Select(e => e.Checksum));
    }

    [Fact]
    public async Task A_message_that_is_too_large_has_an_error_of_its_own()
    {
        var report = new ReportQueueRequest { Device = "phone-1", Revision = 1, Owner = new string('x', 5 << 20) };

        using var response = await Call("Devices/ReportQueue", report);

        var said = await Said(response);
        Assert.Matches("grpc-status: ?8", said);
        Assert.Matches("ingest-error: ?message-too-large", said);
    }

    private Task<HttpResponseMessage> Call(string method, IMessage message) =>
        GrpcWeb.Call(_server.Client, method, message);

    /// <summary>
    /// Headers and trailers: a failure before the first message may be in either.
    /// </summary>
    private static async Task<string> Said(HttpResponseMessage response) =>
        $"{response.Headers}\n{Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync())}";
}
