using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using NBomberStandIn.Tests.Support;

namespace NBomberStandIn.Tests;

public sealed class ThresholdTests
{
    private static readonly int[] s_none = [];

    [Fact]
    public void A_threshold_is_met_or_failed()
    {
        var results = Check(
            Threshold.Create(stats => stats.Ok.Request.Count == 3),
            Threshold.Create(stats => stats.Ok.Request.Count > 3));

        Assert.Equal([false, true], results.Select(result => result.IsFailed));
    }

    [Fact]
    public void A_threshold_of_a_step_sees_that_step()
    {
        var results = Check(
            Threshold.Create("step", step => step.Ok.Request.Count == 3),
            Threshold.Create("step", step => step.Fail.Request.Count > 0));

        Assert.Equal([false, true], results.Select(result => result.IsFailed));
    }

    [Fact]
    public void A_threshold_that_throws_has_failed()
    {
        var result = Assert.Single(Check(Threshold.Create(stats => s_none[stats.Ok.Request.Count] == 0)));

        Assert.True(result.IsFailed);
        Assert.NotEmpty(result.ExceptionMsg);
    }

    [Fact]
    public void A_threshold_of_a_step_that_never_ran_has_failed() =>
        Assert.True(Assert.Single(Check(Threshold.Create("none", step => step.Fail.Request.Count == 0))).IsFailed);

    [Fact]
    public void A_condition_is_shown_with_its_values()
    {
        var (most, limits) = (200.0, new { Errors = 5 });

        var conditions = Check(
            Threshold.Create(stats => stats.Ok.Latency.Percent99 <= most),
            Threshold.Create(stats => stats.Fail.Request.Count <= limits.Errors),
            Threshold.Create(metrics => metrics.Gauges.Get("memory").Value < 1))
            .Select(result => result.CheckExpression);

        Assert.Equal(
            [
                "stats.Ok.Latency.Percent99 <= 200", "stats.Fail.Request.Count <= 5",
                "metrics.Gauges.Get(\"memory\").Value < 1"
            ],
            conditions);
    }

    private static ThresholdResult[] Check(params Threshold[] thresholds) => Load.Run(
        3,
        async context =>
        {
            await Step.Run("step", context, () => Task.FromResult(Response.Ok()));
            return Response.Ok();
        },
        thresholds).Thresholds;
}
