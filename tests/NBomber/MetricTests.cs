using NBomber.Contracts;
using NBomber.CSharp;
using NBomberStandIn.Tests.Support;

namespace NBomberStandIn.Tests;

public sealed class MetricTests
{
    [Fact]
    public void Metrics_have_their_values_at_the_end()
    {
        var counter = Metric.CreateCounter("cuts", "times");
        var gauge = Metric.CreateGauge("memory", "MiB");
        var load = Load.Of(Simulation.IterationsForConstant(1, 3), _ =>
        {
            counter.Add(2);
            gauge.Set(7.5);
            return Load.Ok();
        });

        var metrics = Load.Run(load.WithInit(context =>
        {
            context.RegisterMetric(counter);
            context.RegisterMetric(gauge);
            return Task.CompletedTask;
        })).Metrics;

        Assert.Equal((6, "times"), (metrics.Counters.Get("cuts").Value, metrics.Counters.Get("cuts").UnitOfMeasure));
        Assert.Equal((7.5, "MiB"), (metrics.Gauges.Get("memory").Value, metrics.Gauges.Get("memory").UnitOfMeasure));
    }

    [Fact]
    public void What_is_not_registered_is_not_measured()
    {
        var counter = Metric.CreateCounter("cuts", "times");

        var metrics = Load.Run(1, _ =>
        {
            counter.Add(2);
            return Load.Ok();
        }).Metrics;

        Assert.Empty(metrics.Counters);
    }
}
