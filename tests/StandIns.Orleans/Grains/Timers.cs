using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests.Grains;

/// <summary>A grain whose timer opens "tick 1", "tick 2" and so on.</summary>
public interface ITimers : IGrainWithStringKey
{
    Task Start(TimeSpan due, TimeSpan period, bool interleave);

    /// <summary>Each tick waits for "tick may go".</summary>
    Task StartSlow(TimeSpan due, TimeSpan period);

    Task StartFailing(TimeSpan due, TimeSpan period);

    Task Change(TimeSpan due, TimeSpan period);

    Task Stop();

    Task Leave();

    Task Pass(string name);

    Task Flush();
}

public sealed class Timers(Probe probe) : Grain, ITimers
{
    private IGrainTimer? _timer;
    private int _ticks;

    public Task Start(TimeSpan due, TimeSpan period, bool interleave) => Start(new(due, period) { Interleave = interleave }, _ => Tick());

    public Task StartSlow(TimeSpan due, TimeSpan period) => Start(new(due, period), async cancellation =>
    {
        cancellation.Register(() => probe.Open("timer cancelled"));
        await Tick();
        await probe.Opened("tick may go");
        probe.Open($"tick {_ticks} out");
    });

    public Task StartFailing(TimeSpan due, TimeSpan period) => Start(new(due, period), async _ =>
    {
        await Tick();
        throw new InvalidOperationException("Tick.");
    });

    public Task Change(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task Pass(string name)
    {
        probe.Open($"{name} in");
        await probe.Opened($"{name} may go");
    }

    public Task Flush() => Task.CompletedTask;

    private Task Start(GrainTimerCreationOptions options, Func<CancellationToken, Task> callback)
    {
        _timer = this.RegisterGrainTimer(callback, options);
        return Task.CompletedTask;
    }

    private Task Tick()
    {
        probe.Open($"tick {++_ticks}");
        return Task.CompletedTask;
    }
}
