using System.Net.ServerSentEvents;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Proxies;

/// <summary>Whoever watches a job through a proxy hears of it at once, as without one.</summary>
[Collection(ProxyCollection.Name)]
public sealed class LiveTests(ProxyServer fixture)
{
    private const int NotFound = 5;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    public static TheoryData<string, int> Ways => ProxyServer.Ways;

    public static TheoryData<string> Documented => ProxyServer.Documented;

    [Theory]
    [MemberData(nameof(Ways))]
    [InlineData(ProxyServer.DefaultNginx, 1)]
    public async Task A_server_sent_event_arrives_while_the_stream_stays_open(string proxy, int http)
    {
        await using var events = await Events(fixture.Client(proxy, http));

        await Send();

        Assert.Equal("upload_started", (await Next(events)).EventType);
        Assert.Equal("media_stored", (await Next(events)).EventType);
    }

    /// <summary>
    /// nginx keeps an answer's headers over HTTP/2 until its first bytes, so the event comes first.
    /// </summary>
    [Theory]
    [MemberData(nameof(Ways))]
    [InlineData(ProxyServer.DefaultNginx, 1)]
    public async Task An_event_over_gRPC_Web_arrives_while_the_stream_stays_open(string proxy, int http)
    {
        var watching = Watch(fixture.Client(proxy, http));

        await Send();

        using var response = await watching;
        await using var body = await response.Content.ReadAsStreamAsync();
        Assert.Equal(3, (await Next(body)).UploadStarted.Length);
        Assert.Equal(3, (await Next(body)).MediaStored.Length);
    }

    [Theory]
    [MemberData(nameof(Documented))]
    public async Task A_watcher_over_gRPC_hears_of_a_file_at_once(string proxy)
    {
        await using var watcher = await FeedWatcher.Start(Address(proxy), _job);

        await Send();

        await watcher.Sees("the file", e => e.MediaStored is { Length: 3 });
    }

    [Theory]
    [MemberData(nameof(Documented))]
    public async Task A_call_over_gRPC_is_answered_and_a_failure_says_why(string proxy)
    {
        await using var grpc = await GrpcJs.Start(Address(proxy));
        await Send();

        Assert.Equal(1, (await grpc.GetJob(_job)).Received.Stored);
        var failure = await grpc.Fail("Jobs/GetJob", new GetJobRequest { Job = Fresh.Job() });
        Assert.Equal((NotFound, "job-not-found"), (failure.Code, failure.IngestError));
    }

    /// <summary>
    /// Proxies close a stream that says nothing for a while, most of them after 60 s.
    /// </summary>
    [Fact]
    public Task A_stream_of_a_quiet_job_has_a_heartbeat() => Task.WhenAll(ProxyServer.All.Select(async row =>
    {
        var client = fixture.Client(row.Data);
        await using var events = await Events(client);
        using var response = await Watch(client);
        await using var body = await response.Content.ReadAsStreamAsync();

        Assert.Equal("heartbeat", (await Next(events)).EventType);
        Assert.NotNull((await Next(body)).Heartbeat);
    }));

    private static async Task<SseItem<string>> Next(IAsyncEnumerator<SseItem<string>> events)
    {
        Assert.True(await Eventually.Comes("event", events.MoveNextAsync().AsTask()));
        return events.Current;
    }

    private static async Task<ActivityEvent> Next(Stream body) =>
        ActivityEvent.Parser.ParseFrom((await GrpcWeb.Frame(body)).Payload);

    private string Address(string proxy) => fixture.Proxy(proxy).Entrance.GetLeftPart(UriPartial.Authority);

    private Task<HttpResponseMessage> Watch(HttpClient client) =>
        GrpcWeb.Call(client, "ActivityFeed/Watch", new WatchRequest { Job = _job });

    /// <summary>The answer's headers come before there is an event.</summary>
    private async Task<IAsyncEnumerator<SseItem<string>>> Events(HttpClient client)
    {
        var body = await Eventually.Comes("beginning of the stream", client.GetStreamAsync($"/jobs/{_job}/activity"));
        return SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator();
    }

    private Task<HttpAnswer> Send() => Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Run(_server);
}
