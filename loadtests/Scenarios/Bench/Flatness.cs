using NBomber.Contracts;
using NBomber.Contracts.Metrics;

namespace OrleansIngest.LoadTests.Scenarios.Bench;

/// <summary>How much something grew: the median of the last third of its values against that of the first third.</summary>
/// <param name="name">What grows.</param>
internal sealed class Flatness(string name)
{
    private readonly IGauge _growth = Metric.CreateGauge($"growth of {name}", "%");
    private readonly List<double> _values = [];

    /// <summary>Measures it.</summary>
    public void Register(IScenarioInitContext context) => context.RegisterMetric(_growth);

    /// <summary>One value more.</summary>
    public void Add(double value)
    {
        _values.Add(value);
        var third = _values.Count / 3;
        if (third > 0)
            _growth.Set(Math.Round(100 * ((Median(_values[^third..]) / Median(_values[..third])) - 1), 1));
    }

    /// <summary>It grows by so many percent at most.</summary>
    public Threshold AtMost(double percent)
    {
        var gauge = _growth.MetricName;
        return Threshold.Create(metrics => metrics.Gauges.Get(gauge).Value <= percent);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
