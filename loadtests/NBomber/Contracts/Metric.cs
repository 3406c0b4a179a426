using NBomber.Contracts.Metrics;
using NBomber.Engine;

namespace NBomber.Contracts;

/// <summary>Creates metrics. A scenario registers them when it is initialized.</summary>
public static class Metric
{
    /// <summary>Creates a counter, which adds up values.</summary>
    public static ICounter CreateCounter(string metricName, string unitOfMeasure) =>
        new Counter(metricName, unitOfMeasure);

    /// <summary>Creates a gauge, which keeps the last value.</summary>
    public static IGauge CreateGauge(string metricName, string unitOfMeasure) => new Gauge(metricName, unitOfMeasure);
}
