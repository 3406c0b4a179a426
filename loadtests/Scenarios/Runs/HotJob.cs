using NBomber.Contracts;
using NBomber.CSharp;
using OrleansIngest.LoadTests.Scenarios.Bench;
using OrleansIngest.LoadTests.Scenarios.Client;

namespace OrleansIngest.LoadTests.Scenarios.Runs;

/// <summary>
/// Hundreds of devices send photos to one job as fast as they can, each one photo after the other.
/// It measures the throughput of one grain.
/// </summary>
internal static class HotJob
{
    public static ScenarioProps[] Create(TestBench bench)
    {
        var devices = bench.Options.Int("devices", 300);
        var uploads = bench.Options.Int("uploads", 20_000);
        var least = bench.Options.Size("min-size", "16KiB");
        var most = bench.Options.Size("max-size", "128KiB");
        var warmUp = bench.Options.Duration("warm-up", "5s");
        var maxP99 = bench.Options.Number("max-p99", 10_000);

        var photos = Scenario.Create("photos to one job", async context =>
        {
            var number = bench.NextNumber();
            var photo = new Body(number, TestBench.Between(least, most, number));
            return await bench.Post(bench.Job(0), $"phone-{context.ScenarioInfo.InstanceNumber}", photo);
        });
        return
        [
            photos.WithInit(bench.Init)
                .WithWarmUpDuration(warmUp)
                .WithLoadSimulations(Simulation.IterationsForConstant(devices, iterations: uploads))
                .WithThresholds(
                    [
                        bench.FewErrors(), .. bench.LittleMemory(),
                        Threshold.Create(stats => stats.Ok.Latency.Percent99 <= maxP99),
                    ]),
        ];
    }
}
