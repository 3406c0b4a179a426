using NBomber.Contracts;
using NBomber.CSharp;
using OrleansIngest.LoadTests.Scenarios.Bench;
using OrleansIngest.LoadTests.Scenarios.Client;

namespace OrleansIngest.LoadTests.Scenarios.Runs;

/// <summary>
/// A day's inspections: each device uploads 50 photos and one video to its job, at its own pace
/// whatever the server does, and the office watches.
/// </summary>
internal static class SiteInspection
{
    public static ScenarioProps[] Create(TestBench bench)
    {
        var devices = bench.Options.Int("devices", 4);
        var jobs = bench.Options.Int("jobs", 2);
        var dashboards = bench.Options.Int("dashboards", 4);
        var photosEach = bench.Options.Int("photos", 50);
        var least = bench.Options.Size("min-size", "3MiB");
        var most = bench.Options.Size("max-size", "8MiB");
        var rate = bench.Options.Int("rate", 5);
        var videoSize = bench.Options.Size("video-size", "64MiB");
        var chunk = bench.Options.Size("chunk", "8MiB");
        var maxP99 = bench.Options.Number("max-p99", 2000);
        // The time between two videos, so that all videos take as long as the photos.
        var between = TimeSpan.FromSeconds(photosEach / (double)rate);

        var photos = Scenario.Create("photos", async _ =>
        {
            var number = bench.NextNumber();
            var photo = new Body(number, TestBench.Between(least, most, number));
            return await bench.Post(JobOf(number % devices), $"phone-{number % devices}", photo);
        });
        var videos = Scenario.Create("videos", async context =>
        {
            var device = context.ScenarioInfo.InstanceNumber % devices;
            return await ChunkedUpload.Run(
                bench, context, JobOf(device), $"phone-{device}", new Body(bench.NextNumber(), videoSize), chunk);
        });
        return
        [
            photos.WithInit(Init)
                .WithoutWarmUp()
                .WithLoadSimulations(
                    Simulation.IterationsForInject(
                        rate, interval: TimeSpan.FromSeconds(1), iterations: devices * photosEach))
                .WithThresholds(
                    [
                        bench.FewErrors(), .. bench.LittleMemory(),
                        Threshold.Create(stats => stats.Ok.Latency.Percent99 <= maxP99),
                    ]),
            videos
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.IterationsForInject(rate: 1, interval: between, iterations: devices))
                .WithThresholds(
                    bench.FewErrors(),
                    Threshold.Create(ChunkedUpload.PatchStep, step => step.Ok.Latency.Percent99 <= maxP99)),
        ];

        string JobOf(long device) => bench.Job(device % jobs);

        async Task Init(IScenarioInitContext context)
        {
            await bench.Init(context);
            for (var i = 0; i < dashboards; i++)
                await bench.Dashboards.Open(bench.Job(i % jobs), _ => { });
        }
    }
}
