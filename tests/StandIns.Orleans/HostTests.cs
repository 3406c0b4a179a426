using Orleans.Configuration;
using OrleansStandIn.Tests.Grains;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests;

public sealed class HostTests
{
    [Fact]
    public async Task A_host_that_stops_deactivates_its_grains()
    {
        await using var silo = await TestSilo.StartAsync();
        foreach (var key in (string[])["one", "two", "three"]) await silo.Grain<ILifecycle>(key).ActivationId();

        await silo.StopAsync();

        Assert.Equal(3, silo.Probe.Log.Count(entry => entry == "deactivating: ShuttingDown"));
        Assert.Equal(3, silo.Probe.Log.Count(entry => entry == "deactivated"));
    }

    [Fact]
    public async Task A_host_that_stops_lets_running_requests_end()
    {
        await using var silo = await TestSilo.StartAsync();
        var probe = silo.Probe;
        var running = silo.Grain<IExclusiveGate>().Pass("running");
        await probe.Opened("running in");

        var stop = silo.StopAsync();
        probe.Open("running may go");
        await stop.WaitAsync(TestSilo.Patience);

        Assert.Equal(["running in", "running out", "deactivated"], probe.Log);
        await running.WaitAsync(TestSilo.Patience);
    }

    [Fact]
    public async Task A_collection_age_that_is_no_longer_than_the_quantum_is_refused()
    {
        await Assert.ThrowsAsync<OrleansConfigurationException>(() => TestSilo.StartAsync(silo =>
            silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = options.CollectionQuantum)));
    }

#if STANDINS // the real package has other words and other times for it
    [Fact]
    public async Task A_host_gives_up_on_grains_that_do_not_end()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grain<IExclusiveGate>();
        var (running, waiting) = (grain.Pass("stuck"), grain.Pass("waiting"));
        await silo.Probe.Opened("stuck in");

        await silo.StopAsync(new(canceled: true)).WaitAsync(TestSilo.Patience);

        await Assert.ThrowsAsync<SiloUnavailableException>(() => running);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => waiting);
        silo.Probe.Open("stuck may go");
    }

    [Fact]
    public async Task Calls_after_the_end_are_refused()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.StopAsync();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => silo.Grain<IReentrantGate>().ActivationId());
    }
#endif
}
