namespace OrleansIngest.Unit.Tests.Support;

/// <summary>A clock that stands still until a test moves it; timers that become due run on the test's thread.</summary>
internal sealed class FakeTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = Some.Morning;
    private TaskCompletionSource _nextTimer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when somebody starts to wait for this clock. Take it before doing what makes them.</summary>
    public Task NextTimer => Volatile.Read(ref _nextTimer).Task;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        Interlocked.Exchange(ref _nextTimer, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        lock (_lock)
            _now += by;
        while (TakeDue() is { } due)
            due.Callback();
    }

    private Timer? TakeDue()
    {
        lock (_lock)
        {
            var due = _timers.Find(timer => timer.DueAt <= _now);
            if (due is not null)
                _timers.Remove(due);
            return due;
        }
    }

    /// <summary>Fires once: nothing here needs a period.</summary>
    private sealed class Timer(FakeTime time, Action callback) : ITimer
    {
        public Action Callback => callback;

        public DateTimeOffset DueAt { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan)
                throw new NotSupportedException("This timer fires once.");
            lock (time._lock)
            {
                time._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueAt = time._now + dueTime;
                    time._timers.Add(this);
                }
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
