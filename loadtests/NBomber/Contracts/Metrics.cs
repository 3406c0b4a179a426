namespace NBomber.Contracts.Metrics;

/// <summary>A sum of values.</summary>
public interface ICounter
{
    /// <summary>The name.</summary>
    string MetricName { get; }

    /// <summary>The unit.</summary>
    string UnitOfMeasure { get; }

    /// <summary>Adds a value. Values before the counter is registered do not count.</summary>
    void Add(long value);
}

/// <summary>The last value.</summary>
public interface IGauge
{
    /// <summary>The name.</summary>
    string MetricName { get; }

    /// <summary>The unit.</summary>
    string UnitOfMeasure { get; }

    /// <summary>Sets the value. Values before the gauge is registered do not count.</summary>
    void Set(double value);
}

/// <summary>A counter's value at the end.</summary>
/// <param name="ScenarioName">The scenario that registered it.</param>
/// <param name="MetricName">The name.</param>
/// <param name="UnitOfMeasure">The unit.</param>
/// <param name="Value">The sum.</param>
public sealed record CounterStats(string ScenarioName, string MetricName, string UnitOfMeasure, long Value);

/// <summary>A gauge's value at the end.</summary>
/// <param name="ScenarioName">The scenario that registered it.</param>
/// <param name="MetricName">The name.</param>
/// <param name="UnitOfMeasure">The unit.</param>
/// <param name="Value">The last value.</param>
public sealed record GaugeStats(string ScenarioName, string MetricName, string UnitOfMeasure, double Value);

/// <summary>All metrics.</summary>
/// <param name="Counters">The counters.</param>
/// <param name="Gauges">The gauges.</param>
public sealed record MetricStats(CounterStats[] Counters, GaugeStats[] Gauges);
