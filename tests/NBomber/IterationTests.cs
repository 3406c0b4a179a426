using NBomber.Contracts;
using NBomber.CSharp;
using NBomberStandIn.Tests.Support;

namespace NBomberStandIn.Tests;

public sealed class IterationTests
{
    [Fact]
    public void Responses_are_counted_with_their_bytes_and_codes()
    {
        var number = 0;

        var stats = Load.Run(4, _ => ++number == 4
            ? Task.FromResult<IResponse>(Response.Fail("503", "busy", sizeBytes: 5))
            : Load.Ok($"20{number % 2}", sizeBytes: 10)).ScenarioStats.Get("load");

        Assert.Equal((3, 1), (stats.Ok.Request.Count, stats.Fail.Request.Count));
        Assert.Equal((30, 5), (stats.Ok.DataTransfer.AllBytes, stats.Fail.DataTransfer.AllBytes));
        Assert.Equal((1, 2), (stats.Ok.StatusCodes.Get("200").Count, stats.Ok.StatusCodes.Get("201").Count));
        Assert.Equal(
            ("busy", true),
            (stats.Fail.StatusCodes.Get("503").Message, stats.Fail.StatusCodes.Get("503").IsError));
    }

    [Fact]
    public void An_exception_is_a_failure()
    {
        var stats = Load.Run(1, _ => throw new InvalidOperationException("broken")).ScenarioStats.Get("load");

        Assert.Equal((0, 1), (stats.Ok.Request.Count, stats.Fail.Request.Count));
        Assert.Contains("broken", stats.Fail.StatusCodes.Get("-101").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_cancelled_is_a_failure()
    {
        var stats = Load.Run(1, _ => throw new OperationCanceledException()).ScenarioStats.Get("load");

        Assert.Equal(1, stats.Fail.StatusCodes.Get("-100").Count);
    }

    [Fact]
    public void What_is_ignored_is_not_counted()
    {
        var stats = Load.Run(1, _ => throw new IgnoreMeasurementException()).ScenarioStats.Get("load");

        Assert.Equal((0, 0), (stats.Ok.Request.Count, stats.Fail.Request.Count));
    }

    [Fact]
    public void A_latency_that_is_given_counts_instead_of_the_measured_one()
    {
        var number = 0;

        var latency = Load.Run(100, _ => Load.Ok(customLatencyMs: ++number * 1000))
            .ScenarioStats.Get("load").Ok.Latency;

        Assert.Equal((1000, 100_000), (latency.MinMs, latency.MaxMs));
        Assert.InRange(latency.Percent50, 49_500, 50_500);
        Assert.InRange(latency.Percent99, 98_000, 100_000);
    }

    [Fact]
    public void Steps_are_measured_by_themselves()
    {
        var stats = Load.Run(2, async context =>
        {
            await Step.Run("first", context, () => Task.FromResult(Response.Ok(sizeBytes: 3)));
            await Step.Run("second", context, () => Task.FromResult(Response.Ok(sizeBytes: 4)));
            return Response.Ok();
        }).ScenarioStats.Get("load");

        Assert.Equal(["first", "second"], stats.StepStats.Select(step => step.StepName));
        Assert.Equal(
            (2, 6),
            (stats.StepStats.Get("first").Ok.Request.Count, stats.StepStats.Get("first").Ok.DataTransfer.AllBytes));
        Assert.Equal(14, stats.Ok.DataTransfer.AllBytes);
    }

    [Fact]
    public void A_step_that_fails_ends_its_iteration()
    {
        var stats = Load.Run(1, async context =>
        {
            await Step.Run("fails", context, () => Task.FromResult(Response.Fail("409")));
            await Step.Run("never", context, () => Task.FromResult(Response.Ok()));
            return Response.Ok();
        }).ScenarioStats.Get("load");

        Assert.Equal(["fails"], stats.StepStats.Select(step => step.StepName));
        Assert.Equal(1, stats.StepStats.Get("fails").Fail.Request.Count);
        Assert.Equal((0, 1), (stats.Ok.Request.Count, stats.Fail.Request.Count));
    }

    [Fact]
    public void A_scenario_is_initialized_before_and_cleaned_after_its_load()
    {
        var story = new List<string>();
        var load = Load.Of(Simulation.IterationsForConstant(1, 2), _ => Say("load"));

        Load.Run(load.WithInit(_ => Say("init")).WithClean(_ => Say("clean")));

        Assert.Equal(["init", "load", "load", "clean"], story);

        Task<IResponse> Say(string what)
        {
            story.Add(what);
            return Load.Ok();
        }
    }

    [Fact]
    public void Copies_share_the_iterations()
    {
        var copies = new bool[3];

        var stats = Load.Run(Load.Of(Simulation.IterationsForConstant(copies.Length, 30), context =>
        {
            copies[context.ScenarioInfo.InstanceNumber % copies.Length] = true;
            return Load.Ok();
        }));

        Assert.Equal(30, stats.ScenarioStats.Get("load").Ok.Request.Count);
        Assert.Contains(true, copies);
    }
}
