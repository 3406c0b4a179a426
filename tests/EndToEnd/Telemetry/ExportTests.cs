using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Telemetry;

/// <summary>What a server tells a collector of what it does: docs/metrics.md.</summary>
public sealed class ExportTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";

    private static readonly KeyValuePair<string, string>[] s_soon =
    [
        new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        new("OTEL_METRIC_EXPORT_INTERVAL", "100"),
        new("OTEL_BSP_SCHEDULE_DELAY", "100")
    ];

    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _photo = TestMedia.Photo(1);

    [Fact]
    public async Task Uploads_are_counted_by_what_became_of_them()
    {
        await using var collector = await Collector.Start();
        await using var server = await Start(collector, s_soon);

        await Send(_photo).Run(server);
        await Upload.CreateWith(_job, Fresh.Media(), _photo, _photo.Length).Run(server);
        await InTwoParts(server, [.. _photo, 0]);
        await GivenUp(server);
        await Send(_photo).With("Tus-Resumable", null).Refused(412, "unsupported-version").Run(server);

        await collector.Hears("ingest.body.received", "By", (3 * _photo.Length) + 1);
        await collector.Hears("ingest.body.active", "{body}", 0);
        await collector.HearsTimes("ingest.body.duration", 4, ("ingest.body.end", "whole"));
        await collector.HearsTimes("ingest.upload.completion.duration", 3);
        await collector.HearsTimes("ingest.upload.checkpoint.duration", 1);
        await collector.Hears("ingest.job.events", "{event}", 4, ("ingest.event", "upload_started"));
        await collector.Hears("ingest.job.events", "{event}", 2, ("ingest.event", "media_stored"));
        await collector.Hears("ingest.job.events", "{event}", 1, ("ingest.event", "media_duplicate"));
        await collector.Hears(
            "ingest.job.events", "{event}", 1, ("ingest.event", "upload_failed"), ("error.type", "terminated"));
        await collector.HearsTimes(
            "http.server.request.duration",
            1,
            ("error.type", "unsupported-version"),
            ("http.response.status_code", "412"));
    }

    [Fact]
    public async Task A_body_that_is_cut_off_is_counted_as_that_with_what_came()
    {
        await using var collector = await Collector.Start();
        await using var server = await Start(collector, s_soon);
        await Upload.Create(_job, _media, _photo.Length).Run(server);

        using (var line = await Begun(server))
            line.Abort();

        await collector.Hears("ingest.body.received", "By", 1000);
        await collector.HearsTimes("ingest.body.duration", 1, ("ingest.body.end", "cut"));
        await collector.HearsTimes("http.server.request.duration", 1, ("error.type", "cut"));
        Assert.Equal("cut", (await collector.Hears("receive")).Attributes["ingest.body.end"]);
    }

    [Fact]
    public async Task A_body_under_way_is_counted_and_so_is_whoever_takes_its_upload_over()
    {
        await using var collector = await Collector.Start();
        await using var server = await Start(collector, s_soon);
        await Upload.Create(_job, _media, _photo.Length).Run(server);

        using var line = await Begun(server);
        await collector.Hears("ingest.body.active", "{body}", 1);
        await Eventually.True("the upload changes hands", async () =>
            await Upload.Offset(server, _job, _media) == 1000);
        await Upload.Patch(_job, _media, 1000, _photo[1000..]).Run(server);

        await collector.Hears("ingest.body.active", "{body}", 0);
        await collector.Hears("ingest.upload.takeovers", "{takeover}", 1);
        await collector.HearsTimes("ingest.body.duration", 1, ("ingest.body.end", "stopped"));
    }

    [Fact]
    public async Task The_journal_the_feed_and_the_disk_tell_of_themselves_and_name_nobody()
    {
        await using var collector = await Collector.Start();
        await using var server = await Start(collector, s_soon);
        await using var watcher = await FeedWatcher.Start(server, _job);
        await watcher.Watches();
        await collector.Hears("ingest.feed.watchers", "{watcher}", 1);

        await Send(_photo).Run(server);
        await watcher.Sees("the photo", e => e.MediaStored is not null);
        await Upload.CreateWith(_job, Fresh.Media(), _photo, _photo.Length).Run(server); // by now all is in memory
        await watcher.Sees("it again", e => e.MediaDuplicate is not null);

        await collector.Hears("ingest.feed.delivered", "{event}", 4);
        await collector.Hears("ingest.feed.lag", "s", lag => lag.Count > 0);
        await collector.Hears("ingest.job.active", "{job}", 1);
        await collector.Hears("ingest.job.append.size", "{event}", 4);
        await collector.HearsTimes("ingest.job.append.duration", 2);
        await collector.Hears("ingest.journal.commit.duration", "s", commit => commit.Count > 0);
        await collector.Hears("ingest.journal.commit.size", "{write}", writes => writes.Value > 0);
        await collector.Hears("ingest.journal.waiting", "{write}", 0);
        await collector.Hears("ingest.disk.sync.duration", "s", sync => sync.Count > 0);
        await collector.Hears("ingest.disk.free", "By", disk => disk.Value > 0);
        await collector.Hears("ingest.disk.reserve", "By", 256 << 20);
        Assert.DoesNotContain(collector.Series, series =>
            series.Attributes.Values.Any(value => value == _job || value == _media.ToString()));
    }

    [Fact]
    public async Task Sweeps_and_scrubs_say_how_much_they_did()
    {
        await using var collector = await Collector.Start();
        await using var server = await Start(collector, s_soon);
        await Send(_photo).Run(server);

        await ControlSocket.Run(server, "scrub");
        await ControlSocket.Run(server, "sweep");

        await collector.Hears("ingest.scrub.checked", "By", _photo.Length);
        await collector.Hears("ingest.sweep.freed", "By", 0, ("ingest.blob.state", "finished"));
        await collector.Hears("ingest.sweep.failures", "{failure}", 0);
    }

    [Fact]
    public async Task The_frameworks_tell_of_themselves_and_all_of_it_is_one_service()
    {
        await using var collector = await Collector.Start();
        await using var server = await Start(collector, s_soon);
        await Send(_photo).Run(server);

        await collector.Hears("kestrel.active_connections", "{connection}", connections => connections.Value > 0);
        await collector.Hears("dotnet.process.memory.working_set", "By", memory => memory.Value > 0);
        await collector.Hears("orleans-catalog-activations", "", activations => activations.Value > 0);
        await collector.Hears("receive");

        Assert.All(collector.Resources, resource => Assert.Equal("orleans-ingest", resource["service.name"]));
        Assert.All(collector.Resources, resource => Assert.NotEmpty(resource["service.version"]));
        Assert.Single(collector.Resources.Select(resource => resource["service.instance.id"]).Distinct());
    }

    [Fact]
    public async Task The_spans_of_an_upload_are_part_of_its_clients_trace()
    {
        await using var collector = await Collector.Start();
        await using var server = await Start(collector, s_soon);

        await Send(_photo).With("traceparent", $"00-{Trace}-{Caller}-01").Run(server);

        var request = await collector.Hears("POST /jobs/{job}/uploads");
        var (receive, complete, finish) = (
            await collector.Hears("receive"), await collector.Hears("complete"), await collector.Hears("finish"));
        Assert.Equal(
            [Caller, request.Id, request.Id, complete.Id],
            new[] { request, receive, complete, finish }.Select(span => span.Parent));
        Assert.All(new[] { request, receive, complete, finish }, span =>
            Assert.Equal((Trace, false), (span.Trace, span.IsError)));
        Assert.All(new[] { request, receive, complete }, span =>
            Assert.Equal((_job, $"{_media}"), (span.Attributes["ingest.job"], span.Attributes["ingest.media"])));
        Assert.Equal("201", request.Attributes["http.response.status_code"]);
        await Eventually.True("the collector heard of the commit", () =>
            collector.Spans.Any(span => span is { Name: "commit", Parent: "" }));
    }

    [Fact]
    public async Task A_request_that_is_refused_says_in_its_span_why_and_is_no_fault_of_the_server()
    {
        await using var collector = await Collector.Start();
        await using var server = await Start(collector, s_soon);

        await Upload.Patch(_job, _media, 0, [1]).Refused(404, "upload-not-found").Run(server);

        var span = await collector.Hears("PATCH /jobs/{job}/uploads/{media}");
        Assert.Equal(
            ("upload-not-found", "404", false),
            (span.Attributes["error.type"], span.Attributes["http.response.status_code"], span.IsError));
    }

    [Fact]
    public async Task The_protocol_is_gRPC_and_the_standard_variables_say_more()
    {
        await using var collector = await Collector.Start(HttpProtocols.Http2);
        await using var server = await Start(
            collector, new("OTEL_METRIC_EXPORT_INTERVAL", "100"),
            new("OTEL_SERVICE_NAME", "north"), new("OTEL_TRACES_SAMPLER", "always_off"));

        await Send(_photo).Run(server);
        await collector.Hears("ingest.body.received", "By", _photo.Length);

        Assert.Equal(0, await server.Stop());
        Assert.All(collector.Resources, resource => Assert.Equal("north", resource["service.name"]));
        Assert.Empty(collector.Spans);
    }

    [Fact]
    public async Task A_server_that_stops_sends_what_it_has_not_told_yet()
    {
        await using var collector = await Collector.Start(HttpProtocols.Http2);
        await using var server = await Start(collector);
        await Send(_photo).Run(server);

        Assert.Equal(0, await server.Stop());

        await collector.Hears("ingest.body.received", "By", _photo.Length);
        await collector.Hears("complete");
    }

    [Fact]
    public async Task A_collector_that_is_away_is_nobodys_problem()
    {
        await using var server = IngestServer.Create(
            $"OtlpEndpoint=http://127.0.0.1:{Ports.Take()}", "MaxConnections=100");
        Assert.True(await server.TryRestart(environment: s_soon), server.Log);

        for (var i = 0; i < 20; i++)
            await Upload.CreateWith(_job, Fresh.Media(), TestMedia.Photo(i), TestMedia.Photo(i).Length).Run(server);

        Assert.Equal(0, await server.Stop());
        Assert.StartsWith("OrleansIngest is ready", Assert.Single(server.Log.Split('\n')));
    }

    private HttpTest Send(byte[] file) => Upload.CreateWith(_job, _media, file, file.Length);

    private static async Task<IngestServer> Start(
        Collector collector, params KeyValuePair<string, string>[] environment)
    {
        var server = IngestServer.Create($"OtlpEndpoint={collector.Url}");
        Assert.True(await server.TryRestart(environment: environment), server.Log);
        return server;
    }

    /// <summary>A body of which the first 1000 bytes are here.</summary>
    private async Task<RawConnection> Begun(IngestServer server)
    {
        var line = await RawConnection.Open(server);
        await line.SendPatch(Upload.Url(_job, _media), 0, ("Content-Length", _photo.Length));
        await line.Send(_photo.AsMemory(0, 1000));
        await Eventually.True("the bytes are here", () => server.HasFileOf(1000));
        return line;
    }

    private async Task InTwoParts(IngestServer server, byte[] file)
    {
        var media = Fresh.Media();
        await Upload.Create(_job, media, file.Length).Run(server);
        await Upload.Patch(_job, media, 0, file[..1000]).Run(server);
        await Upload.Patch(_job, media, 1000, file[1000..]).Run(server);
    }

    private async Task GivenUp(IngestServer server)
    {
        var media = Fresh.Media();
        await Upload.Create(_job, media, 1).Run(server);
        await Upload.Delete(_job, media).Run(server);
    }
}
