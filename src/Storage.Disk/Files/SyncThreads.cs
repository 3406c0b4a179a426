namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// Threads that wait for the disk, so that the pool's threads, which serve everybody, need not. Several wait at once
/// because file systems commit what waits together. One piece of work wakes one thread.
/// </summary>
internal sealed class SyncThreads : IDisposable
{
    private const int Count = 16;
    private const int StackSize = 256 * 1024;

    // How many can wait is bounded by how many uploads there are: each waits for one thing at a time.
    private readonly Queue<Action> _waiting = [];
    private readonly List<Thread> _threads = [];
    private bool _isClosed;

    public SyncThreads()
    {
        for (var i = 0; i < Count; i++)
            _threads.Add(new Thread(Work, StackSize) { Name = "disk sync", IsBackground = true });
        _threads.ForEach(thread => thread.Start());
    }

    /// <summary>Runs it on one of the threads.</summary>
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

    /// <summary>Does what waits, and ends.</summary>
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
