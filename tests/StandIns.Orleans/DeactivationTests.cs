#if STANDINS
using Orleans.Configuration;
#endif
using OrleansStandIn.Tests.Grains;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests;

public sealed class DeactivationTests
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Quantum = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_grain_that_leaves_is_activated_anew_by_the_next_call()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grain<ILifecycle>();
        var before = await grain.ActivationId();

        await grain.Leave();

        Assert.NotEqual(before, await grain.ActivationId());
        string[] first = ["constructed", "activated", "called", "deactivating: ApplicationRequested", "deactivated"];
        Assert.Equal([.. first, "constructed", "activated", "called"], silo.Probe.Log);
    }

    [Fact]
    public async Task Requests_that_come_during_deactivation_reach_the_next_activation()
    {
        await using var silo = await TestSilo.StartAsync();
        var (grain, probe) = (silo.Grain<ILifecycle>(), silo.Probe);
        var before = await grain.ActivationId();
        probe.Open("hold deactivation");
        await grain.Leave();
        await probe.Opened("deactivating");

        var calls = Enumerable.Range(0, 100).Select(_ => grain.ActivationId()).ToArray();
        probe.Open("may deactivate");

        var after = await Task.WhenAll(calls).WaitAsync(TestSilo.Patience);
        Assert.NotEqual(before, Assert.Single(after.Distinct()));
    }

    [Fact]
    public async Task Running_requests_end_before_the_grain_is_deactivated()
    {
        await using var silo = await TestSilo.StartAsync();
        var (grain, probe) = (silo.Grain<IReentrantGate>(), silo.Probe);
        var running = grain.Pass("running");
        await probe.Opened("running in");

        await grain.Leave();
        probe.Open("next may go");
        var next = grain.Pass("next");
        probe.Open("running may go");
        await running;
        await next.WaitAsync(TestSilo.Patience);

        Assert.Equal(["running in", "running out", "deactivated", "next in", "next out"], probe.Log);
    }

#if STANDINS // the real collector also looks at the system's clock
    [Fact]
    public async Task A_grain_that_nobody_calls_is_deactivated_and_comes_back()
    {
        var time = new FakeTime();
        await using var silo = await StartAsync(time);
        var grain = silo.Grain<ILifecycle>();
        var before = await grain.ActivationId();

        time.Advance(Age - Quantum);
        Assert.Equal(before, await grain.ActivationId());
        time.Advance(Age + Quantum);
        await silo.Probe.Opened("deactivated");

        Assert.NotEqual(before, await grain.ActivationId());
        Assert.Contains("deactivating: ActivationIdle", silo.Probe.Log);
    }

    [Fact]
    public async Task A_grain_with_a_running_request_is_not_idle()
    {
        var time = new FakeTime();
        await using var silo = await StartAsync(time);
        var (grain, probe) = (silo.Grain<IReentrantGate>(), silo.Probe);
        var running = grain.Pass("running");
        await probe.Opened("running in");

        time.Advance(3 * Age);
        var id = await grain.ActivationId();
        probe.Open("running may go");
        await running;

        Assert.Equal(id, await grain.ActivationId());
        Assert.False(probe.IsOpen("deactivated"));
    }

    [Fact]
    public async Task No_call_is_lost_or_made_twice_while_activations_come_and_go()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grain<ILifecycle>();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var call = 0; call < 250; call++)
            {
                var leave = grain.Leave();
                await grain.ActivationId();
                await leave;
            }
        }))).WaitAsync(TestSilo.Patience);

        Assert.Equal(1000, silo.Probe.Log.Count(entry => entry == "called"));
        Assert.Equal(1, ActiveAtOnce(silo.Probe));
    }

    private static int ActiveAtOnce(Probe probe)
    {
        var (active, most) = (0, 0);
        foreach (var entry in probe.Log)
        {
            if (entry == "constructed") most = Math.Max(most, ++active);
            if (entry == "deactivated") active--;
        }

        return most;
    }

    private static Task<TestSilo> StartAsync(FakeTime time) => TestSilo.StartAsync(silo =>
    {
        silo.Configure<GrainCollectionOptions>(options => (options.CollectionAge, options.CollectionQuantum) = (Age, Quantum));
        silo.UseTime(time);
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromDays(1));
    });
#endif
}
