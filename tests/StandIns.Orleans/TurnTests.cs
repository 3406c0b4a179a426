using OrleansStandIn.Tests.Grains;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests;

public sealed class TurnTests
{
    [Fact]
    public async Task Requests_start_in_the_order_in_which_they_came()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grain<ITurns>();
        await grain.Appended(); // active

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(grain.Append));

        Assert.Equal(Enumerable.Range(0, 1000), await grain.Appended());
    }

    [Fact]
    public async Task Turns_of_a_reentrant_grain_never_run_in_parallel()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grain<ITurns>();

        var collisions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var seen = 0;
            for (var call = 0; call < 500; call++) seen += await grain.Collide();
            return seen;
        }))).WaitAsync(TestSilo.Patience);

        Assert.All(collisions, seen => Assert.Equal(0, seen));
    }

    [Fact]
    public async Task What_a_grain_awaits_continues_as_its_turn()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.True(await silo.Grain<ITurns>().StaysAfterAwaits("another"));
    }

    [Fact]
    public async Task A_grain_does_not_see_its_callers_async_locals()
    {
        await using var silo = await TestSilo.StartAsync();
        Turns.Local.Value = "the caller's";

        Assert.Null(await silo.Grain<ITurns>().Ambient());
    }

    [Fact]
    public async Task A_request_waits_until_the_one_before_it_has_ended()
    {
        await using var silo = await TestSilo.StartAsync();
        var (grain, probe) = (silo.Grain<IExclusiveGate>(), silo.Probe);

        var first = grain.Pass("first");
        await probe.Opened("first in");
        var second = grain.Pass("second");
        await grain.Flush();
        Assert.False(probe.IsOpen("second in"));

        probe.Open("first may go");
        await first;
        probe.Open("second may go");
        await second;
        Assert.Equal(["first in", "first out", "second in", "second out"], probe.Log);
    }

    [Fact]
    public async Task A_method_that_always_interleaves_does_not_wait()
    {
        await using var silo = await TestSilo.StartAsync();
        var (grain, probe) = (silo.Grain<IExclusiveGate>(), silo.Probe);

        var first = grain.Pass("first");
        await probe.Opened("first in");
        probe.Open("anyway may go");
        await grain.PassAnyway("anyway").WaitAsync(TestSilo.Patience);

        probe.Open("first may go");
        await first;
        Assert.Equal(["first in", "anyway in", "anyway out", "first out"], probe.Log);
    }

    [Fact]
    public async Task Requests_of_a_reentrant_grain_interleave_at_awaits()
    {
        await using var silo = await TestSilo.StartAsync();
        var (grain, probe) = (silo.Grain<IReentrantGate>(), silo.Probe);

        var first = grain.Pass("first");
        await probe.Opened("first in");
        probe.Open("second may go");
        await grain.Pass("second").WaitAsync(TestSilo.Patience);

        probe.Open("first may go");
        await first;
        Assert.Equal(["first in", "second in", "second out", "first out"], probe.Log);
    }
}
