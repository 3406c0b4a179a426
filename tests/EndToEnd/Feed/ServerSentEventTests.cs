using System.Net.ServerSentEvents;
using Google.Protobuf;
using OrleansIngest.EndToEnd.Api;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Feed;

/// <summary>The feed for <c>curl -N</c> and <c>EventSource</c>.</summary>
[Collection(ApiCollection.Name)]
public sealed class ServerSentEventTests(ApiServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task Each_fact_is_an_event_whose_id_is_its_position()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);

        var events = await Read(count: 2);

        Assert.Equal(events.Select(e => Id(Fact(e))), events.Select(e => e.EventId));
        Assert.Equal([1, 2], events.Select(e => Fact(e).Seq));
        Assert.Equal(["upload_started", "media_stored"], events.Select(e => e.EventType));
        Assert.Equal(3, JsonParser.Default.Parse<ActivityEvent>(events[1].Data).MediaStored.Length);
    }

    [Fact]
    public async Task They_are_the_same_facts_as_on_the_other_way()
    {
        foreach (var size in Enumerable.Range(1, 10))
            await Upload.CreateWith(_job, Fresh.Media(), TestMedia.Bytes(size), size).Run(_server);

        var events = await Read(count: 20);

        await using var watcher = await FeedWatcher.Start(_server, _job);
        await watcher.Sees("the last fact", e => e.Seq == 20);
        Assert.Equal(watcher.Events.Select(WithoutTime), events.Select(e => WithoutTime(Fact(e))));
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "?after=")]
    [InlineData(true, "?after=0")]
    public async Task It_goes_on_behind_the_last_event(bool isHeader, string query)
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);
        await Upload.CreateWith(_job, Fresh.Media(), [4], 1).Run(_server);
        var third = (await Read(count: 3))[2].EventId;

        var events = await Read(count: 1, isHeader ? query : query + third, isHeader ? third : null);

        Assert.Equal(4, Fact(Assert.Single(events)).Seq);
    }

    [Fact]
    public async Task It_waits_for_what_comes()
    {
        var reading = Read(count: 2);

        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);

        Assert.Equal([1, 2], (await reading).Select(e => Fact(e).Seq));
    }

    [Fact]
    public async Task Hints_come_when_they_are_wanted_and_have_no_id()
    {
        var reading = Read(count: 2, "?progress=true");
        await Eventually.True("the watcher is heard", async () => await Moves(reading));

        var hint = (await reading)[1];

        Assert.Equal(("progress", null), (hint.EventType, hint.EventId));
        Assert.True(JsonParser.Default.Parse<ActivityEvent>(hint.Data).Progress.Offset > 0);
    }

    [Theory]
    [InlineData("2-00000007")]
    [InlineData("3-9f3a0c1b")]
    [InlineData("9223372036854775807-ffffffff")]
    public async Task A_browser_that_remembers_another_history_is_told_so_and_begins_anew(string other)
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);

        var events = await Read(count: 3, "", other);

        Assert.Equal(["feed_reset", "upload_started", "media_stored"], events.Select(e => e.EventType));
        Assert.Equal("0", events[0].EventId); // what the browser comes back with, if it is cut off now
        Assert.Equal(_job, Fact(events[0]).Job);
        Assert.Equal(
            events.Skip(1).Select(e => e.EventId),
            (await Read(count: 2, "?after=7-00000001", "0")).Select(e => e.EventId));
    }

    private static ActivityEvent Fact(SseItem<string> e) => JsonParser.Default.Parse<ActivityEvent>(e.Data);

    private static string Id(ActivityEvent e) => $"{e.Seq}-{e.Checksum:x8}";

    /// <summary>JavaScript's times end at the millisecond.</summary>
    private static ActivityEvent WithoutTime(ActivityEvent e) => new(e) { At = null };

    /// <summary>Sends one more byte.</summary>
    private async Task<bool> Moves(Task reading)
    {
        await Upload.Create(_job, _media, 1_000_000).Run(_server);
        await Upload.Patch(_job, _media, (await Upload.Offset(_server, _job, _media))!.Value, [1]).Run(_server);
        return reading.IsCompleted;
    }

    private async Task<List<SseItem<string>>> Read(int count, string query = "", string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{_job}/activity{query}");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        using var response = await _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await ServerSentEvents.Read(body, limit.Token).Take(count).ToListAsync(limit.Token);
    }
}
