using NBomber.Contracts.Metrics;
using NBomber.Contracts.Stats;

namespace NBomber.Contracts;

/// <summary>Finds statistics by name.</summary>
public static class StatsExtensions
{
    /// <summary>The statistics of a scenario.</summary>
    /// <exception cref="KeyNotFoundException">There is no scenario of that name.</exception>
    public static ScenarioStats Get(this ScenarioStats[] scenarioStats, string name) =>
        Find(scenarioStats, s => s.ScenarioName == name, "scenario", name);

    /// <summary>The statistics of a step.</summary>
    /// <exception cref="KeyNotFoundException">There is no step of that name.</exception>
    public static StepStats Get(this StepStats[] stepStats, string name) =>
        Find(stepStats, s => s.StepName == name, "step", name);

    /// <summary>The statistics of a status code.</summary>
    /// <exception cref="KeyNotFoundException">There is no such status code.</exception>
    public static StatusCodeStats Get(this StatusCodeStats[] statusCodes, string statusCode) =>
        Find(statusCodes, s => s.StatusCode == statusCode, "status code", statusCode);

    /// <summary>The value of a counter.</summary>
    /// <exception cref="KeyNotFoundException">There is no counter of that name.</exception>
    public static CounterStats Get(this CounterStats[] counters, string metricName) =>
        Find(counters, c => c.MetricName == metricName, "counter", metricName);

    /// <summary>The value of a gauge.</summary>
    /// <exception cref="KeyNotFoundException">There is no gauge of that name.</exception>
    public static GaugeStats Get(this GaugeStats[] gauges, string metricName) =>
        Find(gauges, g => g.MetricName == metricName, "gauge", metricName);

    private static T Find<T>(T[] all, Predicate<T> isIt, string kind, string name)
        where T : class =>
        Array.Find(all, isIt) ?? throw new KeyNotFoundException($"There is no {kind} '{name}'.");
}
