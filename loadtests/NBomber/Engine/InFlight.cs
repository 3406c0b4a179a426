namespace NBomber.Engine;

/// <summary>What has begun and not ended, as a number: there is no limit to how much an open loop begins.</summary>
internal sealed class InFlight
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1; // whoever begins them

    public int Count => _count;

    /// <summary>Begins one, on a thread of the pool.</summary>
    public Task Begin(Func<Task> run)
    {
        Interlocked.Increment(ref _count);
        return Task.Run(async () =>
        {
            await run();
            End();
        });
    }

    /// <summary>Nothing more begins: done when all have ended.</summary>
    public Task Drained()
    {
        End();
        return _empty.Task;
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            _empty.SetResult();
    }
}
