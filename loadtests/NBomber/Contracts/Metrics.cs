namespace NBomber.Contracts.Metrics;

/// <summary>Counts what happened, all in all.</summary>
public interface ICounter
{
    /// <summary>Its name.</summary>
    string MetricName { get; }

    /// <summary>What it counts.</summary>
    string UnitOfMeasure { get; }

    /// <summary>So much more. Nothing before the counter is registered.</summary>
    void Add(long value);
}

/// <summary>Shows what was measured last.</summary>
public interface IGauge
{
    /// <summary>Its name.</summary>
    string MetricName { get; }

    /// <summary>In what it measures.</summary>
    string UnitOfMeasure { get; }

    /// <summary>So much now. Nothing before the gauge is registered.</summary>
    void Set(double value);
}

/// <summary>A counter's value at the end.</summary>
/// <param name="ScenarioName">The scenario that registered it.</param>
/// <param name="MetricName">Its name.</param>
/// <param name="UnitOfMeasure">What it counts.</param>
/// <param name="Value">So many.</param>
public sealed record CounterStats(string ScenarioName, string MetricName, string UnitOfMeasure, long Value);

/// <summary>A gauge's value at the end.</summary>
/// <param name="ScenarioName">The scenario that registered it.</param>
/// <param name="MetricName">Its name.</param>
/// <param name="UnitOfMeasure">In what it measures.</param>
/// <param name="Value">What it showed last.</param>
public sealed record GaugeStats(string ScenarioName, string MetricName, string UnitOfMeasure, double Value);

/// <summary>All metrics.</summary>
/// <param name="Counters">The counters.</param>
/// <param name="Gauges">The gauges.</param>
public sealed record MetricStats(CounterStats[] Counters, GaugeStats[] Gauges);
