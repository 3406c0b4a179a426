namespace Orleans.Runtime;

/// <summary>
/// Runs the turns of one activation one after the other, on the thread pool. What a turn awaits continues here, as a turn of
/// its own, because the scheduler is the current one while a turn runs.
/// </summary>
/// <param name="dispatch">The turn that <see cref="Signal"/> asks for. It must not throw.</param>
internal sealed class TurnScheduler(Action dispatch) : TaskScheduler, IThreadPoolWorkItem
{
    // A busy grain gives its thread back after so many turns, for others to have one.
    private const int TurnsPerVisit = 64;

    [ThreadStatic]
    private static TurnScheduler? t_running;

    private readonly Lock _gate = new();
    private readonly Queue<Task> _turns = new();
    private bool _signalled;
    private bool _scheduled;
    private bool _dispatchedLast;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Asks for a dispatch turn. Signals that come before it runs are one signal.</summary>
    public void Signal()
    {
        lock (_gate)
        {
            _signalled = true;
            if (!TrySchedule()) return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _turns.Enqueue(task);
            if (!TrySchedule()) return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        t_running == this && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate) return [.. _turns];
    }

    void IThreadPoolWorkItem.Execute()
    {
        t_running = this;
        for (var turns = 0; turns < TurnsPerVisit; turns++)
        {
            if (!TryTakeTurn(out var turn))
            {
                t_running = null;
                return;
            }

            // A task made here carries no caller's execution context into the grain.
            if (turn is null) new Task(dispatch).RunSynchronously(this);
            else TryExecuteTask(turn);
        }

        t_running = null;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>The next turn, null being the dispatch; it takes its turn with the others, so that neither kind starves.</summary>
    private bool TryTakeTurn(out Task? turn)
    {
        lock (_gate)
        {
            turn = null;
            _dispatchedLast = _signalled && (!_dispatchedLast || _turns.Count == 0);
            if (_dispatchedLast) _signalled = false;
            else if (!_turns.TryDequeue(out turn)) _scheduled = false;
            return _scheduled;
        }
    }

    private bool TrySchedule()
    {
        if (_scheduled) return false;
        return _scheduled = true;
    }
}
