namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// Threads for blocking disk syncs. They keep the thread pool, which serves all requests, free of
/// blocked threads. Several syncs run at the same time because file systems commit concurrent syncs
/// together.
/// </summary>
internal sealed class SyncThreads : IDisposable
{
    private const int Count = 16;
    private const int StackSize = 256 * 1024;

    // Needs no limit: each upload has at most one work item, so the number of uploads is the limit.
    private readonly Queue<Action> _waiting = [];
    private readonly List<Thread> _threads = [];
    private bool _isClosed;

    public SyncThreads()
    {
        for (var i = 0; i < Count; i++)
            _threads.Add(new Thread(Work, StackSize) { Name = "disk sync", IsBackground = true });
        _threads.ForEach(thread => thread.Start());
    }

    /// <summary>Runs work on one of the threads. The task completes after the work.</summary>
    /// <exception cref="IOException">The store is closed.</exception>
    public Task Run(Action work)
    {
        var caller = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting)
        {
            if (_isClosed)
                throw new IOException("The media store is closed: the server is stopping.");
            _waiting.Enqueue(() => Run(work, caller));
            Monitor.Pulse(_waiting);
        }
        return caller.Task;
    }

    /// <summary>Finishes the queued work and ends the threads.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _isClosed = true;
            Monitor.PulseAll(_waiting);
        }
        _threads.ForEach(thread => thread.Join());
    }

    private static void Run(Action work, TaskCompletionSource caller)
    {
        try
        {
            work();
            caller.SetResult();
        }
        catch (Exception e)
        {
            caller.SetException(e);
        }
    }

    private void Work()
    {
        while (Next() is { } work)
            work();
    }

    private Action? Next()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_isClosed)
                Monitor.Wait(_waiting);
            return _waiting.TryDequeue(out var work) ? work : null;
        }
    }
}
