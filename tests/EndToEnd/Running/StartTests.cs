using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>
/// A server that checks what a crash left. The check waits at the database's log
/// for as long as the test wants.
/// </summary>
public sealed class StartTests : IAsyncLifetime
{
    private const string Job = "roof-7";
    private const int Unavailable = 14;

    private static readonly byte[] s_notServing = [8, 2];

    private readonly Guid _media = Fresh.Media();
    private readonly Guid _open = Fresh.Media();
    private readonly TemporaryFolder _folder = new();
    private IngestServer? _server;
    private NotifySocket? _systemd;
    private HeldFile? _log;
    private Task<bool>? _isReady;

    private IngestServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _server = await IngestServer.Start();
        await Upload.CreateWith(Job, _media, [1, 2, 3], 3).Run(_server);
        await Upload.CreateWith(Job, _open, [1, 2, 3], 6).Run(_server);
        await _server.Kill();
        _log = await HeldFile.Hold(Path.Combine(_server.DataDir, "ingest.db-wal"));
        _systemd = new NotifySocket(_folder.Path);
        _isReady = _server.TryRestart(environment: _systemd.Environment);
        await Eventually.True("somebody answers", IsAlive);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _systemd!.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task While_it_checks_it_is_alive_and_says_that_it_is_not_ready()
    {
        await new HttpTest("GET", "/healthz") { Status = 200 }.Run(Server);
        await Refused(new HttpTest("GET", "/readyz") { Status = 503 });
        using var health = await RawCall.Start(Server, "grpc.health.v1.Health/Check", []);
        Assert.Equal(s_notServing, await health.Next());
        Assert.DoesNotContain("READY=1", _systemd!.Heard());
        // The server became ready once, before it was killed.
        Assert.Single(
            Server.Log.Split('\n'),
            line => line.StartsWith("OrleansIngest is ready", StringComparison.Ordinal));

        await _log!.Release();

        Assert.True(await _isReady!);
        await _systemd.Hears("READY=1");
        Assert.Contains("EXTEND_TIMEOUT_USEC=", _systemd.Heard());
        await new HttpTest("GET", "/readyz") { Status = 200 }.Run(Server);
        await Server.Stop();
        await _systemd.Hears("STOPPING=1");
    }

    [Fact]
    public async Task Until_it_is_ready_clients_are_told_to_come_again_and_then_go_on()
    {
        await Refused(Upload.Create(Job, Fresh.Media(), 3));
        await Refused(Upload.Patch(Job, _open, 3, [4, 5, 6]));
        await Refused(Upload.Download(Job, _media));
        await Refused(new HttpTest("GET", "/nowhere") { Status = 503 });
        await Refused(new HttpTest("GET", $"/jobs/{Job}/activity") { Status = 503 });
        await using (var grpc = await GrpcJs.Start(Server))
        {
            var failure = await grpc.Fail("Jobs/ListJobs", new ListJobsRequest());
            Assert.Equal((Unavailable, "starting"), (failure.Code, failure.IngestError));
        }

        await _log!.Release();

        Assert.True(await _isReady!);
        await Upload.Head(Job, _open, 3, 6).Run(Server);
        await Upload.Patch(Job, _open, 3, [4, 5, 6]).Run(Server);
        await Upload.Download(Job, _media).Run(Server);
    }

    /// <summary>tus-js-client would take a 503 for the end of the upload.</summary>
    [Fact]
    public async Task Who_asks_where_to_go_on_finds_the_line_closed()
    {
        using var line = await RawConnection.Open(Server);
        await line.Send("HEAD", Upload.Url(Job, _open), ("Tus-Resumable", "1.0.0"));

        Assert.Equal("", await line.ReadHead());
    }

    private async Task Refused(HttpTest test)
    {
        var refused = await test.Refused(503, "starting").Run(Server);
        Assert.Equal("2", refused["Retry-After"]);
    }

    private async Task<bool> IsAlive()
    {
        try
        {
            return (await Server.Client.GetAsync("/healthz")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
