using OrleansStandIn.Tests.Grains;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests;

public sealed class FilterTests
{
    [Fact]
    public async Task Filters_see_a_call_on_both_sides_in_order()
    {
        await using var silo = await TestSilo.StartAsync(AddFilters);

        Assert.Equal(42, await silo.Grain<IErrors>().Twice(21));

        Assert.Equal(["out to Twice", "in to Twice", "in from Twice", "out from Twice"], silo.Probe.Log);
    }

    [Fact]
    public async Task A_filter_sees_the_exception_of_a_call()
    {
        await using var silo = await TestSilo.StartAsync(AddFilters);

        await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grain<IErrors>().ThrowLater());

        Assert.Equal(["out to ThrowLater", "in to ThrowLater", "in failed", "out failed"], silo.Probe.Log);
    }

    [Fact]
    public async Task A_filter_may_replace_the_result()
    {
        await using var silo = await TestSilo.StartAsync(builder => builder.AddOutgoingGrainCallFilter<PlusOne>());

        Assert.Equal(43, await silo.Grain<IErrors>().Twice(21));
        await silo.Grain<IErrors>().Nothing();
    }

    private static void AddFilters(ISiloBuilder builder) =>
        builder.AddIncomingGrainCallFilter<LogIncoming>().AddOutgoingGrainCallFilter<LogOutgoing>();

    private static async Task Log(Probe probe, string side, IGrainCallContext context)
    {
        var isTest = context.InterfaceMethod.DeclaringType!.Namespace!.StartsWith("OrleansStandIn", StringComparison.Ordinal);
        if (!isTest)
        {
            await context.Invoke();
            return;
        }

        try
        {
            probe.Log.Enqueue($"{side} to {context.MethodName}");
            await context.Invoke();
            probe.Log.Enqueue($"{side} from {context.MethodName}");
        }
        catch (InvalidOperationException)
        {
            probe.Log.Enqueue($"{side} failed");
            throw;
        }
    }

    private sealed class LogIncoming(Probe probe) : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context) => Log(probe, "in", context);
    }

    private sealed class LogOutgoing(Probe probe) : IOutgoingGrainCallFilter
    {
        public Task Invoke(IOutgoingGrainCallContext context) => Log(probe, "out", context);
    }

    private sealed class PlusOne : IOutgoingGrainCallFilter
    {
        public async Task Invoke(IOutgoingGrainCallContext context)
        {
            await context.Invoke();
            if (context.Result is int number) context.Result = number + 1;
        }
    }
}
