using NBomber.Contracts.Metrics;

namespace NBomber.Engine;

/// <summary>A value at a moment of the run.</summary>
internal readonly record struct Point(TimeSpan At, double Value);

/// <summary>The base of counters and gauges.</summary>
internal abstract class Measure(string name, string unit)
{
    public string MetricName => name;

    public string UnitOfMeasure => unit;

    /// <summary>The scenario that registered the metric; null until one does.</summary>
    public string? Scenario { get; set; }

    public List<Point> History { get; } = [];

    public abstract double Now { get; }
}

internal sealed class Counter(string name, string unit) : Measure(name, unit), ICounter
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public override double Now => Value;

    public void Add(long value)
    {
        if (Scenario is not null)
            Interlocked.Add(ref _value, value);
    }
}

internal sealed class Gauge(string name, string unit) : Measure(name, unit), IGauge
{
    private double _value;

    public override double Now => Volatile.Read(ref _value);

    public void Set(double value)
    {
        if (Scenario is not null)
            Volatile.Write(ref _value, value);
    }
}

/// <summary>The metrics that scenarios registered.</summary>
internal sealed class Metrics
{
    private readonly List<Measure> _all = [];

    public IReadOnlyList<Measure> All => _all;

    public void Register(string scenario, Measure measure)
    {
        measure.Scenario = scenario;
        if (!_all.Contains(measure))
            _all.Add(measure);
    }

    public void Sample(TimeSpan at)
    {
        foreach (var measure in _all)
            measure.History.Add(new(at, measure.Now));
    }

    public MetricStats Stats() => new(
        [.. _all.OfType<Counter>().Select(c => new CounterStats(c.Scenario!, c.MetricName, c.UnitOfMeasure, c.Value))],
        [.. _all.OfType<Gauge>().Select(g => new GaugeStats(g.Scenario!, g.MetricName, g.UnitOfMeasure, g.Now))]);
}
