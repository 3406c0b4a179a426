namespace NBomberStandIn.Tests.Support;

/// <summary>A clock that stands still and then shows a second later, as if the machine had stopped meanwhile; what was due runs after that.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private readonly TaskCompletionSource _jump = new();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _jump.Task.IsCompleted ? TimeSpan.TicksPerSecond : 0;

    public void Jump() => _jump.SetResult();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.Zero && dueTime <= Load.Second)
            _ = _jump.Task.ContinueWith(_ => callback(state), TaskScheduler.Default);
        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            // Nothing is left to run.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
