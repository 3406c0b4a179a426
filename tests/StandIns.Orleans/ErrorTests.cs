using OrleansStandIn.Tests.Grains;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests;

public sealed class ErrorTests
{
    public static TheoryData<string, Func<IErrors, Task>> Failures => new()
    {
        { "At once.", grain => grain.ThrowAtOnce() },
        { "Later.", grain => grain.ThrowLater() },
        { "In a value task.", grain => grain.ThrowInValueTask().AsTask() },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task An_exception_reaches_the_caller_with_type_and_message(string message, Func<IErrors, Task> call)
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grain<IErrors>();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => call(grain));

        Assert.Equal(message, error.Message);
        await grain.Nothing(); // and the grain goes on
    }

    [Fact]
    public async Task An_exception_says_where_in_the_grain_it_comes_from()
    {
        await using var silo = await TestSilo.StartAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grain<IErrors>().ThrowLater());

        Assert.Contains(nameof(IErrors.ThrowLater), error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_task_is_cancelled_for_the_caller_too()
    {
        await using var silo = await TestSilo.StartAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silo.Grain<IErrors>().Cancel());
    }

    [Fact]
    public async Task Value_tasks_and_generic_methods_work()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grain<IErrors>();

        await grain.Nothing();
        Assert.Equal(42, await grain.Twice(21));
        Assert.Equal("same", await grain.Same("same"));
        Assert.Equal(7, await grain.Same(7));
    }

    [Fact]
    public async Task The_caller_of_a_one_way_method_does_not_wait()
    {
        await using var silo = await TestSilo.StartAsync();
        var (grain, probe) = (silo.Grain<IExclusiveGate>(), silo.Probe);

        await grain.PassOneWay("held").WaitAsync(TestSilo.Patience);
        await probe.Opened("held in");

        Assert.False(probe.IsOpen("held out"));
        probe.Open("held may go");
        await probe.Opened("held out");
    }

    [Fact]
    public async Task The_caller_of_a_one_way_method_hears_of_no_error()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grain<IErrors>();

        await grain.ThrowOneWay();

        await grain.Nothing();
    }
}
