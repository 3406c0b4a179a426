using Microsoft.Extensions.DependencyInjection;
using OrleansStandIn.Tests.Grains;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests;

public sealed class ActivationTests
{
    [Fact]
    public async Task Racing_first_calls_meet_in_one_activation()
    {
        await using var silo = await TestSilo.StartAsync();
        for (var round = 0; round < 20; round++)
        {
            var key = $"race-{round}";
            var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
                Task.Run(() => silo.Grain<IReentrantGate>(key).ActivationId()))).WaitAsync(TestSilo.Patience);

            Assert.Single(ids.Distinct());
        }
    }

    [Fact]
    public async Task Each_key_has_its_own_activation()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.NotEqual(
            await silo.Grain<IReentrantGate>("one").ActivationId(), await silo.Grain<IReentrantGate>("One").ActivationId());
    }

    [Fact]
    public async Task A_grain_and_a_reference_to_it_know_the_key()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grain<ILifecycle>("roof crow 2/ä");

        Assert.Equal("roof crow 2/ä", grain.GetPrimaryKeyString());
        Assert.Equal("roof crow 2/ä", await grain.Key());
    }

    [Fact]
    public async Task References_to_the_same_grain_are_equal()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.Equal(silo.Grain<ILifecycle>("same"), silo.Grain<ILifecycle>("same"));
        Assert.NotEqual(silo.Grain<ILifecycle>("same"), silo.Grain<ILifecycle>("other"));
    }

    [Fact]
    public async Task A_grain_is_constructed_and_activated_before_its_first_request()
    {
        await using var silo = await TestSilo.StartAsync();

        await silo.Grain<ILifecycle>().ActivationId();

        Assert.Equal(["constructed", "activated", "called"], silo.Probe.Log);
    }

    [Fact]
    public async Task An_activation_has_a_scope_of_services()
    {
        await using var silo = await TestSilo.StartAsync(builder => builder.Services.AddScoped<Scoped>());

        Assert.True(await silo.Grain<ILifecycle>().SharesScopeWithItself());
    }

    [Fact]
    public async Task A_failing_activation_fails_the_calls_that_wait_and_the_next_call_tries_anew()
    {
        await using var silo = await TestSilo.StartAsync();
        var (grain, probe) = (silo.Grain<IUnlucky>(), silo.Probe);

        var calls = new[] { grain.Call(), grain.Call() };
        await probe.Opened("activating");
        probe.Open("may fail");
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => call.WaitAsync(TestSilo.Patience));
            Assert.Equal("No luck.", error.Message);
        }

        probe.Open("luck");
        await grain.Call().WaitAsync(TestSilo.Patience);
    }

    [Fact]
    public async Task An_interface_without_a_grain_class_is_refused()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.Throws<ArgumentException>(() => silo.Grain<INobody>());
    }

    [Fact]
    public async Task A_prefix_chooses_among_the_classes_of_an_interface()
    {
        await using var silo = await TestSilo.StartAsync();
        var grains = silo.Services.GetRequiredService<IGrainFactory>();

        Assert.Equal("round", await grains.GetGrain<IShape>("key", "OrleansStandIn.Tests.Grains.Round").Name());
        Assert.Equal("square", await grains.GetGrain<IShape>("key", "OrleansStandIn.Tests.Grains.Square").Name());
        Assert.Throws<ArgumentException>(() => grains.GetGrain<IShape>("key"));
    }

    [Fact]
    public async Task The_client_and_the_factory_reach_the_same_grains()
    {
        await using var silo = await TestSilo.StartAsync();
        var client = silo.Services.GetRequiredService<IClusterClient>();

        Assert.Equal(
            await silo.Grain<IReentrantGate>("one").ActivationId(), await client.GetGrain<IReentrantGate>("one").ActivationId());
    }

#if STANDINS // the real package's compiler extension refuses it
    [Fact]
    public async Task An_interface_whose_methods_are_not_asynchronous_is_refused()
    {
        await using var silo = await TestSilo.StartAsync();

        var error = Assert.Throws<NotSupportedException>(() => silo.Grain<ISynchronous>());

        Assert.Contains("ISynchronous.Count returns System.Int32", error.Message, StringComparison.Ordinal);
    }

    public interface ISynchronous : IGrainWithStringKey
    {
        int Count();
    }
#endif

    public interface INobody : IGrainWithStringKey
    {
        Task Call();
    }
}
