using NBomber.Contracts;
using NBomber.Contracts.Metrics;

namespace OrleansIngest.LoadTests.Scenarios.Bench;

/// <summary>
/// The growth of a value: the median of the last third of its samples in relation to that of the
/// first third.
/// </summary>
/// <param name="name">The name of the value.</param>
internal sealed class Flatness(string name)
{
    private readonly IGauge _growth = Metric.CreateGauge($"growth of {name}", "%");
    private readonly List<double> _values = [];

    /// <summary>Registers the metric of the growth.</summary>
    public void Register(IScenarioInitContext context) => context.RegisterMetric(_growth);

    /// <summary>Adds a sample.</summary>
    public void Add(double value)
    {
        _values.Add(value);
        var third = _values.Count / 3;
        if (third > 0)
            _growth.Set(Math.Round(100 * ((Median(_values[^third..]) / Median(_values[..third])) - 1), 1));
    }

    /// <summary>The threshold: the value grows by at most so many percent.</summary>
    public Threshold AtMost(double percent)
    {
        var gauge = _growth.MetricName;
        return Threshold.Create(metrics => metrics.Gauges.Get(gauge).Value <= percent);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
