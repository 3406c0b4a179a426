using Microsoft.Extensions.Time.Testing;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using NBomber.Engine;
using NBomberStandIn.Tests.Support;

namespace NBomberStandIn.Tests;

public sealed class LoadTests : IDisposable
{
    private static readonly TimeSpan s_tenth = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _started = new(0);
    private readonly SemaphoreSlim _mayEnd = new(0);

    public void Dispose()
    {
        _started.Dispose();
        _mayEnd.Dispose();
    }

    [Fact]
    public async Task Arrivals_do_not_wait_for_earlier_ones()
    {
        var run = Run(Simulation.Inject(10, Load.Second, during: Load.Second));
        for (var i = 0; i < 10; i++)
        {
            await Started();
            _time.Advance(s_tenth);
        }
        _mayEnd.Release(10);

        var stats = await run;

        Assert.Equal(10, stats.Ok.Request.Count);
        Assert.Equal((100, 1000), (stats.Ok.Latency.MinMs, stats.Ok.Latency.MaxMs));
    }

    [Fact]
    public async Task A_late_start_counts_from_when_it_was_meant_to_be()
    {
        var time = new JumpingTime();
        var run = Run(Load.Of(Simulation.Inject(10, Load.Second, during: Load.Second), Iterate), time);
        await Started();
        time.Jump();
        _mayEnd.Release(10);

        var stats = await run;

        Assert.Equal(10, stats.Ok.Request.Count);
        Assert.Equal((100, 1000), (stats.Ok.Latency.MinMs, stats.Ok.Latency.MaxMs));
    }

    [Fact]
    public async Task An_injection_lasts_as_long_as_it_was_said()
    {
        _mayEnd.Release(1);
        var run = Run(Simulation.Inject(1, Load.Second, during: Load.Second));
        await Started();
        _time.Advance(9 * s_tenth);
        Assert.False(run.IsCompleted);
        _time.Advance(s_tenth);

        Assert.Equal(Load.Second, (await run).Duration);
    }

    [Fact]
    public async Task An_injection_can_end_with_its_iterations()
    {
        _mayEnd.Release(3);
        var run = Run(Simulation.IterationsForInject(1, s_tenth, iterations: 3));
        for (var i = 0; i < 3; i++)
        {
            await Started();
            if (i < 2)
                _time.Advance(s_tenth);
        }

        Assert.Equal(3, (await run).Ok.Request.Count);
    }

    [Fact]
    public async Task Copies_that_are_kept_wait_for_their_own_iterations()
    {
        var run = Run(Simulation.KeepConstant(3, during: Load.Second));
        for (var i = 0; i < 3; i++)
            await Started();
        _mayEnd.Release(5);
        for (var i = 0; i < 5; i++)
            await Started();
        _time.Advance(Load.Second);
        _mayEnd.Release(3);

        var stats = await run;

        Assert.Equal(8, stats.Ok.Request.Count);
        Assert.Equal(0, _started.CurrentCount);
    }

    [Fact]
    public async Task What_does_not_end_has_failed()
    {
        var run = Run(Simulation.IterationsForInject(1, s_tenth, iterations: 1));
        await Started();
        while (!run.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        Assert.Equal(1, (await run).Fail.StatusCodes.Get("-100").Count);
    }

    [Fact]
    public async Task Whoever_waits_learns_that_the_load_is_over()
    {
        var run = Run(Load.Of(Simulation.KeepConstant(1, during: Load.Second), async context =>
        {
            _started.Release();
            await Task.Delay(Timeout.Infinite, context.ScenarioCancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Response.Ok();
        }));
        await Started();
        _time.Advance(Load.Second);

        Assert.Equal(1, (await run).Ok.Request.Count);
    }

    [Fact]
    public async Task A_warm_up_is_the_same_load_and_not_measured()
    {
        _mayEnd.Release(100);
        var run = Run(
            Load.Of(Simulation.Inject(10, Load.Second, during: Load.Second), Iterate).WithWarmUpDuration(2 * s_tenth));
        await Started();
        while (!run.IsCompleted)
        {
            _time.Advance(s_tenth);
            await Task.Yield();
        }

        Assert.Equal(10, (await run).Ok.Request.Count);
        Assert.InRange(_started.CurrentCount, 10, 13);
    }

    [Fact]
    public async Task After_thousands_of_failures_the_load_ends() =>
        Assert.Equal(
            5000,
            (await Run(Load.Of(Simulation.IterationsForConstant(1, 10_000), _ => throw new TimeoutException())))
                .Fail.Request.Count);

    private async Task Started() => Assert.True(await _started.WaitAsync(s_patience), "Nothing started.");

    private Task<ScenarioStats> Run(LoadSimulation simulation) => Run(Load.Of(simulation, Iterate));

    private Task<ScenarioStats> Run(ScenarioProps scenario) => Run(scenario, _time);

    private static async Task<ScenarioStats> Run(ScenarioProps scenario, TimeProvider time)
    {
        var session = new Session(NBomberRunner.RegisterScenarios(scenario).WithoutReports(), time, TextWriter.Null);
        return (await session.Run().WaitAsync(s_patience)).ScenarioStats.Get("load");
    }

    private async Task<IResponse> Iterate(IScenarioContext context)
    {
        _started.Release();
        await _mayEnd.WaitAsync();
        return Response.Ok();
    }
}
