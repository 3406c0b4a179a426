using System.Diagnostics;
using OrleansIngest.EndToEnd.MainJob;
using OrleansIngest.EndToEnd.Support;
using Xunit.Abstractions;

namespace OrleansIngest.EndToEnd.Storm;

[Collection(StormCollection.Name)]
public sealed class StormTests(ITestOutputHelper output)
{
    private readonly StormSize _size = StormSize.Chosen;
    private readonly Promises _promises = new();

    [Fact]
    public async Task Nothing_is_lost_however_bad_the_network_and_however_often_the_server_is_killed()
    {
        output.WriteLine($"To repeat this storm: INGEST_STORM_SEED={StormSize.Seed}");
        using var work = Work();
        await using var server = await IngestServer.Start();
        await using var network = new BadNetwork(server.Http, Dice(1));
        await using var prober = new Prober(server, _promises);
        await using var dashboards = await Dashboards.Open(server, work.Sources.Count);
        var clock = Stopwatch.StartNew();

        prober.Start(Dice(2));
        var phones = await work.Start(network.Entrance, _promises.ToDevice);
        var dawdling = dashboards.Dawdle();
        await dashboards.JoinLate();
        await new Reaper(server, _promises, work.Sources.Sum(s => s.Length), Dice(3)).Run(_size.Kills);
        network.CalmDown();
        var results = await work.Finish(phones, _size.Patience);
        await dashboards.HaveSeenEverything();
        await dawdling;

        output.WriteLine($"{_size.Kills} kills in {clock.Elapsed.TotalSeconds:0} s; {network.Traffic}");
        output.WriteLine($"{results.Sum(r => r.Resumed)} resumes; answers: {string.Join(", ", _promises.Answers.Select(a => $"{a.Key}: {a.Value}"))}");
        await prober.AskForAll();
        await MustBeRight(server, work);
        dashboards.MustAgree(head: 2 * work.Sources.Count);
        Assert.Equal(0, await server.Stop());
        server.MustHaveACleanLog();
    }

    private async Task MustBeRight(IngestServer server, FieldWork work)
    {
        Assert.Empty(_promises.Broken);
        Assert.Equal(work.Sources.Count, _promises.Locations.Count);
        Assert.Equal(work.Sources.Sum(s => s.Length), _promises.Bytes);
        await using var grpc = await GrpcJs.Start(server);
        await JobChecks.EveryMediaIsSafe(grpc, work);
        await JobChecks.CountersAddUp(grpc, work);
        await JobChecks.BytesAreThoseOfTheSource(server, work);
        var swept = await new HttpTest("POST", "/maintenance/sweep?grace=0") { Status = 200 }.Run(server);
        output.WriteLine($"The sweep: {swept.Text}");
        await Shelves.HoldExactly(server.DataDir, work);
    }

    private FieldWork Work()
    {
        var work = new FieldWork(StormSize.Devices, _size.Photos, _size.Photos / 3, _size.Videos * StormSize.Devices, _size.VideoMegabytes);
        work.Shuffle(Dice(4));
        return work;
    }

    /// <summary>Dice of its own for each of the actors, so that what one draws does not depend on the others.</summary>
    private static Random Dice(int actor) => new(StormSize.Seed + actor);
}
