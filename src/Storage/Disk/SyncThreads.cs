using System.Threading.Channels;

namespace OrleansIngest.Storage.Disk;

/// <summary>
/// Threads that wait for the disk, so that the pool's threads, which serve everybody, need not. Several wait at once
/// because file systems commit what waits together.
/// </summary>
internal sealed class SyncThreads : IDisposable
{
    private const int Count = 16;
    private const int StackSize = 256 * 1024;

    // How many can wait is bounded by how many uploads there are: each waits for one thing at a time.
    private readonly Channel<Action> _waiting = Channel.CreateUnbounded<Action>();
    private readonly List<Thread> _threads = [];

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
        if (!_waiting.Writer.TryWrite(() => Run(work, caller)))
            throw new IOException("The media store is closed: the server is stopping.");
        return caller.Task;
    }

    /// <summary>Does what waits, and ends.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
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
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out var work))
                work();
        }
    }
}
