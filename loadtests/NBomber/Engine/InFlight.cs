namespace NBomber.Engine;

/// <summary>
/// Counts iterations that have begun and not ended. An open loop may begin any number of them.
/// </summary>
internal sealed class InFlight
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1; // one for the code that begins iterations

    public int Count => _count;

    /// <summary>Begins an iteration on a thread of the pool.</summary>
    public Task Begin(Func<Task> run)
    {
        Interlocked.Increment(ref _count);
        return Task.Run(async () =>
        {
            await run();
            End();
        });
    }

    /// <summary>No more iterations begin. The task ends when all have ended.</summary>
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
