namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// Work that serves all who asked for it before it began: one round is under way, and whoever comes meanwhile shares the next.
/// </summary>
internal sealed class SharedWork(Func<Task> work)
{
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>Ends with a round that began after this call.</summary>
    public Task Run()
    {
        lock (_lock)
            return _next ??= RunAfter(_running);
    }

    private async Task RunAfter(Task running)
    {
        await Task.Yield(); // until _next is set
        await running.ContinueWith(static _ => { }, TaskScheduler.Default); // however it ended
        Begin();
        await work();
    }

    private void Begin()
    {
        lock (_lock)
            (_running, _next) = (_next!, null);
    }
}
