using System.Collections.Concurrent;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>
/// The turns of one grain, run on the test's thread, one after the other and never one within
/// another. What a turn awaits goes on as a turn of its own when the test runs it: so a test is the
/// scheduler, and every run of it is the same.
/// </summary>
internal sealed class Turns : TaskScheduler
{
    private readonly ConcurrentQueue<Task> _turns = new();

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Makes a call in a turn of its own, which runs now, and gives its task.</summary>
    public TTask Call<TTask>(Func<TTask> call)
    {
        var turn = new Task<TTask>(call);
        InTurn(() => turn.RunSynchronously(this));
        return turn.GetAwaiter().GetResult();
    }

    /// <summary>Runs the next turn.</summary>
    /// <returns>False if there is none.</returns>
    public bool RunOne()
    {
        if (!_turns.TryDequeue(out var turn))
            return false;
        InTurn(() => TryExecuteTask(turn));
        return true;
    }

    public void RunAll()
    {
        while (RunOne())
        {
        }
    }

    protected override void QueueTask(Task task) => _turns.Enqueue(task);

    /// <summary>
    /// Only what is started here runs at once; a continuation always waits for its turn.
    /// </summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        Current != this && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _turns;

    /// <summary>A context of the test runner would take the continuations away.</summary>
    private static void InTurn(Action turn)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            turn();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
