using Orleans.Configuration;
using OrleansStandIn.Tests.Grains;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests;

public sealed class TimeoutTests
{
    [Fact]
    public async Task A_call_that_takes_too_long_times_out_and_its_work_goes_on()
    {
        var time = new FakeTime();
        await using var silo = await StartAsync(TimeSpan.FromSeconds(1), time);
        var (grain, probe) = (silo.Grain<IExclusiveGate>(), silo.Probe);
        await grain.Flush(); // active

        var call = grain.Pass("slow");
        await probe.Opened("slow in");
        time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(TestSilo.Patience));
        Assert.False(probe.IsOpen("slow out"));

        probe.Open("slow may go");
        await probe.Opened("slow out");
    }

    [Fact]
    public async Task Grains_that_wait_for_each_other_time_out()
    {
        await using var silo = await StartAsync(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<TimeoutException>(() => silo.Grain<ICaller>("one").CallAndBeCalled("two"));
    }

    [Fact]
    public async Task A_method_can_have_a_timeout_of_its_own()
    {
        await using var silo = await StartAsync(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<TimeoutException>(() => silo.Grain<ICaller>().WaitBriefly("never"));
        silo.Probe.Open("never");
    }

#if STANDINS // by the real package's clock it may be a moment too early for the message to have expired
    [Fact]
    public async Task A_call_that_timed_out_while_it_waited_is_not_made()
    {
        var time = new FakeTime();
        await using var silo = await TestSilo.StartAsync(builder => builder.UseTime(time));
        var (grain, probe) = (silo.Grain<IExclusiveGate>(), silo.Probe);
        var running = grain.Pass("running");
        await probe.Opened("running in");
        var waiting = grain.Pass("waiting");

        time.Advance(TimeSpan.FromSeconds(31));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        await Assert.ThrowsAsync<TimeoutException>(() => running);
        probe.Open("running may go");
        probe.Open("last may go");
        await grain.Pass("last").WaitAsync(TestSilo.Patience);

        Assert.Equal(["running in", "running out", "last in", "last out"], probe.Log);
    }
#endif

    private static Task<TestSilo> StartAsync(TimeSpan responseTimeout, FakeTime? time = null) => TestSilo.StartAsync(silo =>
    {
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = responseTimeout);
#if STANDINS // the real package's calls time out by the system's clock alone
        if (time is not null) silo.UseTime(time);
#endif
    });
}
