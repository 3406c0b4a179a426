using NBomber.Contracts;
using NBomber.Contracts.Metrics;
using NBomber.CSharp;
using OrleansIngest.LoadTests.Scenarios.Bench;
using OrleansIngest.LoadTests.Scenarios.Client;

namespace OrleansIngest.LoadTests.Scenarios.Runs;

/// <summary>
/// Devices whose connections break in the middle of a body. After each request that does not
/// succeed, a device asks for the offset (HEAD) and resumes there. A cut is not an error. A 409 is
/// not an error either: the server may have accepted bytes that were still on their way. A device
/// that cannot resume is an error.
/// </summary>
internal sealed class FlakyNetwork(TestBench bench)
{
    private const string HeadStep = "head";
    private const int MostTries = 10;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private readonly ICounter _cuts = Metric.CreateCounter("cuts", "connections");
    private readonly int _devices = bench.Options.Int("devices", 8);
    private readonly long _least = bench.Options.Size("min-size", "256KiB");
    private readonly long _most = bench.Options.Size("max-size", "4MiB");
    private readonly double _cutShare = bench.Options.Number("cut-percent", 50) / 100;
    private readonly int _uploads = bench.Options.Int("uploads", 500);

    public static ScenarioProps[] Create(TestBench bench) => new FlakyNetwork(bench).Create();

    private ScenarioProps[] Create()
    {
        var maxP99 = bench.Options.Number("max-p99", 1000);
        return
        [
            Scenario.Create("uploads with cuts", Upload)
                .WithInit(Init)
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.IterationsForConstant(_devices, iterations: _uploads))
                .WithThresholds(
                    [
                        bench.FewErrors(), .. bench.LittleMemory(),
                        Threshold.Create(HeadStep, step => step.Ok.Latency.Percent99 <= maxP99),
                    ]),
        ];
    }

    private Task Init(IScenarioInitContext context)
    {
        context.RegisterMetric(_cuts);
        return bench.Init(context);
    }

    private async Task<IResponse> Upload(IScenarioContext context)
    {
        var number = bench.NextNumber();
        var dice = new Random((int)number);
        var file = new Body(number, TestBench.Between(_least, _most, number));
        var created = await bench.Tus.Create(bench.Job(0), $"phone-{context.ScenarioInfo.InstanceNumber}", file);
        if (!created.Succeeded)
            return TestBench.Failed(created);
        var offset = 0L;
        for (var tries = 0; tries < MostTries; tries++)
        {
            var answer = await Send(created.Location, file, offset, dice);
            if (!answer.Succeeded)
                answer = await Ask(context, created.Location);
            if (answer.Offset == file.Length)
                return bench.Completed(answer, file);
            if (answer.Offset > offset)
                (offset, tries) = (answer.Offset, 0);
            await Task.Delay(s_pause * Math.Max(0, tries - 1)); // at once, then with growing pauses
        }
        return Response.Fail(
            statusCode: "stuck", message: $"A device could not get beyond byte {offset} of {file.Length}.");
    }

    /// <summary>
    /// Sends the rest. A cut request sends only a part of it, at most all, and gets no answer.
    /// </summary>
    private async Task<TusAnswer> Send(string location, Body file, long offset, Random dice)
    {
        if (dice.NextDouble() >= _cutShare)
            return await bench.Tus.Patch(location, file, offset, file.Length - offset);
        _cuts.Add(1);
        await CutLine.Send(
            bench.Target.Http, location, file, offset, dice.NextInt64(file.Length - offset + 1),
            reset: dice.Next(2) == 0);
        return TusAnswer.None(location, "cut");
    }

    /// <summary>Asks for the offset. A 423 counts as an answer too: not now.</summary>
    private async Task<TusAnswer> Ask(IScenarioContext context, string location)
    {
        var answer = TusAnswer.None(location, "");
        await Step.Run(HeadStep, context, async () =>
        {
            answer = await bench.Tus.Head(location);
            return answer.Succeeded || answer.Status == 423
                ? Response.Ok(statusCode: $"{answer.Status}")
                : TestBench.Failed(answer);
        });
        return answer;
    }
}
