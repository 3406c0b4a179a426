using NBomber.Contracts;
using NBomber.Contracts.Metrics;
using NBomber.Contracts.Stats;
using NBomber.Reports;

namespace NBomber.Engine;

/// <summary>A run, from the first initialization to the reports.</summary>
internal sealed class Session(NBomberContext context, TimeProvider time, TextWriter console)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly Metrics _metrics = new();

    public async Task<NodeStats> Run()
    {
        foreach (var scenario in context.Scenarios)
            await Call(scenario, scenario.Init);
        await Task.WhenAll(context.Scenarios.Where(s => s.WarmUp > TimeSpan.Zero).Select(WarmUp));
        var result = await Bomb();
        foreach (var scenario in context.Scenarios)
            await Call(scenario, scenario.Clean);
        return Report.Write(result, context, console);
    }

    private Task Call(ScenarioProps scenario, Func<IScenarioInitContext, Task>? what) =>
        what?.Invoke(new InitContext(scenario.ScenarioName, _metrics)) ?? Task.CompletedTask;

    private async Task WarmUp(ScenarioProps scenario)
    {
        using var enough = new CancellationTokenSource(scenario.WarmUp, time);
        using var phase = new ScenarioPhase(scenario, new Recorder(), time, enough.Token);
        await phase.Run();
    }

    private async Task<SessionResult> Bomb()
    {
        var start = time.GetTimestamp();
        var recorders = context.Scenarios.Select(_ => new Recorder()).ToArray();
        using var over = new CancellationTokenSource();
        var sampling = Sample(recorders, start, over.Token);
        var durations = await Task.WhenAll(context.Scenarios.Zip(recorders, Bomb));
        await over.CancelAsync();
        await sampling;

        var scenarios = context.Scenarios.Select((s, i) => recorders[i].Stats(s.ScenarioName, durations[i])).ToArray();
        return new(new(scenarios, _metrics.Stats(), Check(scenarios), durations.Max(), []), recorders, _metrics.All);
    }

    private async Task<TimeSpan> Bomb(ScenarioProps scenario, Recorder recorder)
    {
        using var phase = new ScenarioPhase(scenario, recorder, time, CancellationToken.None);
        return await phase.Run();
    }

    private async Task Sample(Recorder[] recorders, long start, CancellationToken over)
    {
        using var pace = new PeriodicTimer(s_interval, time);
        try
        {
            while (await pace.WaitForNextTickAsync(over))
                Sample(recorders, time.GetElapsedTime(start));
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private void Sample(Recorder[] recorders, TimeSpan at)
    {
        _metrics.Sample(at);
        foreach (var recorder in recorders)
            recorder.Sample(at);
    }

    private ThresholdResult[] Check(ScenarioStats[] scenarios) =>
    [
        .. context.Scenarios.Zip(scenarios).SelectMany(pair =>
            pair.First.Thresholds.Select(threshold => ThresholdCheck.Of(threshold, pair.Second, _metrics.Stats()))),
    ];

    private sealed class InitContext(string scenario, Metrics metrics) : IScenarioInitContext
    {
        public void RegisterMetric(ICounter counter) => metrics.Register(scenario, (Counter)counter);

        public void RegisterMetric(IGauge gauge) => metrics.Register(scenario, (Gauge)gauge);
    }
}

/// <summary>The data of the reports.</summary>
/// <param name="Stats">The statistics.</param>
/// <param name="Recorders">The recorders of the scenarios, in their order.</param>
/// <param name="Metrics">The metrics.</param>
internal sealed record SessionResult(
    NodeStats Stats, IReadOnlyList<Recorder> Recorders, IReadOnlyList<Measure> Metrics);
