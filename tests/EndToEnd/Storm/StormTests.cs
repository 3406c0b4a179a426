using System.Diagnostics;
using OrleansIngest.EndToEnd.MainJob;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Storm;

[Collection(StormCollection.Name)]
public sealed class StormTests : IDisposable
{
    private readonly StormSize _size = StormSize.Chosen;
    private readonly ITestOutputHelper _output;
    private readonly FieldWork _work;
    private readonly Promises _promises;

    public StormTests(ITestOutputHelper output)
    {
        _output = output;
        _output.WriteLine($"To repeat this storm: INGEST_STORM_SEED={StormSize.Seed}");
        _work = new FieldWork(
            StormSize.Devices, _size.Photos, _size.Photos / 3, _size.Videos * StormSize.Devices, _size.VideoMegabytes);
        _work.Shuffle(Dice(1));
        _promises = new Promises(_work.Sources.ToDictionary(s => Upload.Url(FieldWork.Job, s.Media), s => s.Length));
    }

    [Fact]
    public async Task Nothing_is_lost_however_bad_the_network_and_however_often_the_server_is_killed()
    {
        await using var server = await IngestServer.Start();
        await using var network = new BadNetwork(server.Http, Dice(2));
        await using var prober = new Prober(server, _promises);
        await using var dashboards = await Dashboards.Open(server, _work.Sources.Count);
        var clock = Stopwatch.StartNew();

        prober.Start(Dice(3));
        var phones = await _work.Start(network.Entrance, _promises.ToDevice);
        var dawdling = dashboards.Dawdle();
        await dashboards.JoinLate();
        await new Reaper(server, _promises, _work.Bytes, Dice(4)).Run(_size.Kills);
        network.CalmDown();
        var results = await _work.Finish(phones, _size.Patience);
        await dashboards.HaveSeenEverything();
        await dawdling;

        _output.WriteLine($"{_size.Kills} kills in {clock.Elapsed.TotalSeconds:0} s; {network.Traffic}");
        _output.WriteLine($"{results.Sum(r => r.Resumed)} resumes; {_promises}");
        await prober.AskForAll();
        await MustBeRight(server);
        dashboards.MustAgree(head: 2 * _work.Sources.Count);
        Assert.Equal(0, await server.Stop());
        server.MustHaveACleanLog();
    }

    public void Dispose() => _work.Dispose();

    private async Task MustBeRight(IngestServer server)
    {
        Assert.True(_promises.Broken.IsEmpty, string.Join('\n', _promises.Broken));
        Assert.Equal(_work.Sources.Count, _promises.Locations.Count);
        Assert.Empty(_promises.Unfinished);
        await using var grpc = await GrpcJs.Start(server);
        await JobChecks.EveryMediaIsSafe(grpc, _work);
        await JobChecks.CountersAddUp(grpc, _work);
        await JobChecks.BytesAreThoseOfTheSource(server, _work);
        var swept = await ControlSocket.Run(server, "sweep?grace=0");
        _output.WriteLine($"The sweep: {swept.Text}");
        await KeptFiles.AreThoseOf(server, _work);
    }

    /// <summary>
    /// Dice of its own for each of the actors, so that what one draws
    /// does not depend on the others.
    /// </summary>
    private static Random Dice(int actor) => new(StormSize.Seed + actor);
}
