#if STANDINS
using OrleansStandIn.Tests.Grains;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests;

public sealed class FaultTests
{
    [Fact]
    public async Task A_slow_call_is_made_after_the_delay()
    {
        var time = new FakeTime();
        await using var silo = await TestSilo.StartAsync(
            builder => builder.UseTime(time), ("Orleans:Faults:Delay", "1500"), ("Orleans:Faults:DelayRate", "1"));

        var call = silo.Grain<IErrors>().Twice(21).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(1499));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(42, await call.WaitAsync(TestSilo.Patience));
    }

    [Fact]
    public async Task A_failing_call_is_not_made()
    {
        await using var silo = await TestSilo.StartAsync(null, ("Orleans:Faults:FailureRate", "1"));

        await Assert.ThrowsAsync<SiloUnavailableException>(() => silo.Grain<ILifecycle>().ActivationId());

        Assert.Empty(silo.Probe.Log);
    }

    [Fact]
    public async Task A_call_that_times_out_is_made()
    {
        await using var silo = await TestSilo.StartAsync(null, ("Orleans:Faults:TimeoutRate", "1"));

        await Assert.ThrowsAsync<TimeoutException>(() => silo.Grain<ILifecycle>().ActivationId());

        Assert.Equal(["constructed", "activated", "called"], silo.Probe.Log);
    }

    [Fact]
    public async Task The_caller_of_a_one_way_method_hears_of_no_fault()
    {
        await using var silo = await TestSilo.StartAsync(null, ("Orleans:Faults:FailureRate", "1"));

        await silo.Grain<IErrors>().ThrowOneWay();
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_calls_fail()
    {
        var failed = await FailedCallsAsync();

        Assert.InRange(failed.Count, 20, 80);
        Assert.Equal(failed, await FailedCallsAsync());
    }

    private static async Task<List<int>> FailedCallsAsync()
    {
        await using var silo = await TestSilo.StartAsync(
            null, ("Orleans:Faults:FailureRate", "0.5"), ("Orleans:Faults:Seed", "7"));
        List<int> failed = [];
        for (var call = 0; call < 100; call++)
        {
            var result = silo.Grain<IErrors>("one").Twice(call).AsTask();
            await result.ContinueWith(_ => { }, TaskScheduler.Default);
            if (result.IsFaulted) failed.Add(call);
        }

        return failed;
    }
}
#endif
