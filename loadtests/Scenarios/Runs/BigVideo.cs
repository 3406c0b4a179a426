using NBomber.Contracts;
using NBomber.CSharp;
using OrleansIngest.LoadTests.Scenarios.Bench;
using OrleansIngest.LoadTests.Scenarios.Client;

namespace OrleansIngest.LoadTests.Scenarios.Runs;

/// <summary>
/// Videos in chunks, one after the other from each device. It measures bytes per second, and
/// whether memory stays independent of the file's size.
/// </summary>
internal static class BigVideo
{
    public static ScenarioProps[] Create(TestBench bench)
    {
        var size = bench.Options.Size("size", "1GiB");
        var chunk = bench.Options.Size("chunk", "8MiB");
        var videos = bench.Options.Int("videos", 1);
        var devices = bench.Options.Int("devices", 1);
        var maxP99 = bench.Options.Number("max-p99", 2000);

        var upload = Scenario.Create("video", async context =>
        {
            var device = $"camera-{context.ScenarioInfo.InstanceNumber}";
            return await ChunkedUpload.Run(
                bench, context, bench.Job(0), device, new Body(bench.NextNumber(), size), chunk);
        });
        return
        [
            upload.WithInit(bench.Init)
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.IterationsForConstant(devices, iterations: videos))
                .WithThresholds(
                    [
                        bench.FewErrors(), .. bench.LittleMemory(),
                        Threshold.Create(ChunkedUpload.PatchStep, step => step.Ok.Latency.Percent99 <= maxP99),
                    ]),
        ];
    }
}
