using OrleansStandIn.Tests.Grains;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests;

public sealed class TimerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_timer_ticks_until_its_grain_leaves()
    {
        await using var silo = await TestSilo.StartAsync();
        var (grain, probe) = (silo.Grain<ITimers>(), silo.Probe);

        probe.Open("tick may go");
        await grain.StartSlow(Soon, Soon);
        await probe.Opened("tick 3 out");
        await grain.Leave();

        await probe.Opened("timer cancelled");
    }

    [Fact]
    public async Task A_timer_that_fails_goes_on()
    {
        await using var silo = await TestSilo.StartAsync();

        await silo.Grain<ITimers>().StartFailing(Soon, Soon);

        await silo.Probe.Opened("tick 3");
    }

    [Fact]
    public async Task A_timer_that_interleaves_ticks_during_a_request()
    {
        await using var silo = await TestSilo.StartAsync();
        var (grain, probe) = (silo.Grain<ITimers>(), silo.Probe);
        await grain.Start(Timeout.InfiniteTimeSpan, Soon, interleave: true);
        await grain.Change(Soon, Soon);

        var request = grain.Pass("held");
        await probe.Opened("held in");
        await probe.Opened("tick 3");

        probe.Open("held may go");
        await request;
    }

    [Fact]
    public async Task A_tick_that_runs_keeps_out_requests()
    {
        await using var silo = await TestSilo.StartAsync();
        var (grain, probe) = (silo.Grain<ITimers>(), silo.Probe);
        await grain.StartSlow(Soon, Timeout.InfiniteTimeSpan);
        await probe.Opened("tick 1");

        var request = grain.Flush();
        Assert.False(request.IsCompleted);
        probe.Open("tick may go");

        await request.WaitAsync(TestSilo.Patience);
        Assert.True(probe.IsOpen("tick 1 out"));
    }

#if STANDINS // the real package has more on the same clock
    [Fact]
    public async Task A_tick_waits_for_the_running_request_and_the_period_begins_when_it_has_ended()
    {
        var time = new FakeTime();
        await using var silo = await TestSilo.StartAsync(builder => builder.UseTime(time));
        var (grain, probe) = (silo.Grain<ITimers>(), silo.Probe);
        await grain.Start(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), interleave: false);

        var request = grain.Pass("held");
        await probe.Opened("held in");
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.False(probe.IsOpen("tick 1"));
        probe.Open("held may go");
        await request;
        await grain.Flush();
        Assert.True(probe.IsOpen("tick 1"));

        time.Advance(TimeSpan.FromSeconds(2));
        await grain.Flush();
        Assert.False(probe.IsOpen("tick 2"));
        time.Advance(TimeSpan.FromSeconds(1));
        await grain.Flush();
        Assert.True(probe.IsOpen("tick 2"));
        Assert.False(probe.IsOpen("tick 3"));
    }

    [Fact]
    public async Task A_stopped_timer_ticks_no_more()
    {
        var time = new FakeTime();
        await using var silo = await TestSilo.StartAsync(builder => builder.UseTime(time));
        var grain = silo.Grain<ITimers>();
        await grain.Start(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), interleave: false);

        await grain.Stop();
        time.Advance(TimeSpan.FromSeconds(5));
        await grain.Flush();

        Assert.False(silo.Probe.IsOpen("tick 1"));
    }
#endif
}
