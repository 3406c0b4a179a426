using System.Collections.Concurrent;
using NBomber.Contracts;
using NBomber.Contracts.Stats;

namespace NBomber.Engine;

/// <summary>The measurements of a scenario, as a whole and by step.</summary>
internal sealed class Recorder
{
    private readonly ConcurrentDictionary<string, (int Order, Outcomes Outcomes)> _steps = new();
    private int _next;

    /// <summary>The iterations. Their bytes include those of their steps.</summary>
    public Outcomes Iterations { get; } = new();

    /// <summary>The steps, in the order in which they first ended.</summary>
    public IEnumerable<(string Name, Outcomes Outcomes)> Steps =>
        _steps.OrderBy(step => step.Value.Order).Select(step => (step.Key, step.Value.Outcomes));

    public void Step(string name, IResponse response, TimeSpan latency)
    {
        _steps.GetOrAdd(name, _ => (Interlocked.Increment(ref _next), new Outcomes())).Outcomes.Add(response, latency);
        Iterations.AddBytes(response);
    }

    public void Sample(TimeSpan at)
    {
        Iterations.Sample(at);
        foreach (var (_, step) in Steps)
            step.Sample(at);
    }

    public ScenarioStats Stats(string scenario, TimeSpan duration) => new(
        scenario, Iterations.Ok.Stats(duration), Iterations.Fail.Stats(duration),
        [
            .. Steps.Select(
                step => new StepStats(step.Name, step.Outcomes.Ok.Stats(duration), step.Outcomes.Fail.Stats(duration))),
        ],
        duration);
}
