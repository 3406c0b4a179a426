using System.Globalization;
using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clocks;

/// <summary>
/// People and networks set wall clocks, so uploads age by the time for which servers have run.
/// </summary>
public sealed class ClockJumpTests(ClockJumpTests.JumpingServer fixture) : IClassFixture<ClockJumpTests.JumpingServer>
{
    private static readonly TimeSpan s_month = TimeSpan.FromDays(30);
    private static readonly TimeSpan s_expiry = TimeSpan.FromDays(14);

    private readonly WallClock _clock = fixture.Clock;
    private readonly string _job = Fresh.Job();

    private IngestServer Server => _clock.Server;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_jump_forward_ends_no_upload(bool withRestart)
    {
        var (tus, again, final) = (Fresh.Media(), Fresh.Media(), Fresh.Media());
        await Upload.CreateWith(_job, tus, [1, 2], 3).Run(Server);
        await Upload.CreateWith(_job, again, [1, 2], 3).Run(Server);
        var ietf = (await Form.Final.Create(_job, [1, 2], isLast: false).Run(Server))["Location"]!;
        var (whole, part) = (await Partial.Of(Server, _job, [1, 2]), await Partial.Create(Server, _job, 2));
        await Upload.CreateFinal(_job, final, [whole.Url, part.Url]).Run(Server);

        if (withRestart)
            await Server.Stop();
        _clock.Jump(s_month);
        if (withRestart)
            await Server.Restart();

        await Upload.Head(_job, tus, 2, 3).Run(Server);
        await Upload.Patch(_job, tus, 2, [3]).Run(Server);
        Assert.Equal("2", (await Upload.Create(_job, again, 3).Run(Server))["Upload-Offset"]);
        await Form.Final.Append(ietf, 2, [3], isLast: true).Run(Server);
        await part.Patch(0, [3, 4]).Run(Server);
        Assert.Equal([1, 2, 3, 4], (await Upload.Download(_job, final).Run(Server)).Body);
    }

    [Fact]
    public async Task Clients_are_told_when_their_uploads_end_by_the_clock_of_now()
    {
        var media = Fresh.Media();
        await Upload.CreateWith(_job, media, [1, 2], 3).Run(Server);

        _clock.Jump(s_month);

        var expires = (await Upload.Head(_job, media, 2, 3).Run(Server))["Upload-Expires"]!;
        Assert.InRange(
            DateTimeOffset.ParseExact(expires, "R", CultureInfo.InvariantCulture),
            _clock.Now + s_expiry - TimeSpan.FromMinutes(10), _clock.Now + s_expiry + TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// What a crash left is freed when the servers have run for the grace,
    /// whatever the file's time stamp says.
    /// </summary>
    [Fact]
    public async Task A_jump_forward_frees_nothing_before_its_time()
    {
        var orphan = Path.Combine(Server.DataDir, "incoming", "ab", Guid.NewGuid().ToString("N")[..30] + "ab");
        Directory.CreateDirectory(Path.GetDirectoryName(orphan)!);
        await File.WriteAllBytesAsync(orphan, [1, 2, 3]);

        _clock.Jump(s_month);
        var swept = await ControlSocket.Run(Server, "sweep");

        Assert.Equal(1, swept.Number("waiting for their time"));
        Assert.True(File.Exists(orphan));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_lets_no_upload_live_for_ever()
    {
        await using var clock = await WallClock.Start("UploadExpiry=00:00:10", "SweepInterval=00:00:01");
        await using var grpc = await GrpcJs.Start(clock.Server);
        await Upload.CreateWith(_job, Fresh.Media(), [1, 2], 3).Run(clock.Server);

        clock.Jump(-s_month);

        await Eventually.True("it expired", async () => (await grpc.GetJob(_job)).Received.Errors == 1);
    }

    public sealed class JumpingServer : IAsyncLifetime
    {
        private WallClock? _clock;

        internal WallClock Clock => _clock!;

        public async ValueTask InitializeAsync() => _clock = await WallClock.Start("SweepInterval=00:00:01");

        public ValueTask DisposeAsync() => Clock.DisposeAsync();
    }
}
