using NBomber.Contracts;
using NBomber.CSharp;
using OrleansIngest.LoadTests.Scenarios.Bench;
using OrleansIngest.LoadTests.Scenarios.Client;

namespace OrleansIngest.LoadTests.Scenarios.Runs;

/// <summary>
/// Small photos, each in one request, at a fixed rate. It measures the cost of an upload whose
/// bytes hardly count.
/// </summary>
internal static class SmallPhotos
{
    public static ScenarioProps[] Create(TestBench bench)
    {
        var size = bench.Options.Size("size", "64KiB");
        var rate = bench.Options.Int("rate", 200);
        var duration = bench.Options.Duration("duration", "20s");
        var warmUp = bench.Options.Duration("warm-up", "5s");
        var jobs = bench.Options.Int("jobs", 10);
        var devices = bench.Options.Int("devices", 50);
        var maxP99 = bench.Options.Number("max-p99", 1000);

        var photos = Scenario.Create("small photos", async _ =>
        {
            var number = bench.NextNumber();
            return await bench.Post(bench.Job(number % jobs), $"phone-{number % devices}", new Body(number, size));
        });
        return
        [
            photos.WithInit(bench.Init)
                .WithWarmUpDuration(warmUp)
                .WithLoadSimulations(Simulation.Inject(rate, interval: TimeSpan.FromSeconds(1), during: duration))
                .WithThresholds(
                    [
                        bench.FewErrors(), .. bench.LittleMemory(),
                        Threshold.Create(stats => stats.Ok.Latency.Percent99 <= maxP99),
                    ]),
        ];
    }
}
