using NBomber.Contracts.Metrics;
using NBomber.Engine;

namespace NBomber.Contracts;

/// <summary>Makes metrics; a scenario registers them when it is initialized.</summary>
public static class Metric
{
    /// <summary>Counts what happened, all in all.</summary>
    public static ICounter CreateCounter(string metricName, string unitOfMeasure) => new Counter(metricName, unitOfMeasure);

    /// <summary>Shows what was measured last.</summary>
    public static IGauge CreateGauge(string metricName, string unitOfMeasure) => new Gauge(metricName, unitOfMeasure);
}
