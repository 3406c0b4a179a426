namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// Work that callers share, such as a sync: at most one run is in progress, and all callers that
/// arrive meanwhile share the next run.
/// </summary>
internal sealed class SharedWork(Func<Task> work)
{
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>
    /// Returns the task of a run that begins after this call, so the run covers everything that the
    /// caller did before.
    /// </summary>
    public Task Run()
    {
        lock (_lock)
            return _next ??= RunAfter(_running);
    }

    private async Task RunAfter(Task running)
    {
        await Task.Yield(); // returns to Run, which assigns _next before Begin reads it
        await running.ContinueWith(static _ => { }, TaskScheduler.Default); // ignores its failure
        Begin();
        await work();
    }

    private void Begin()
    {
        lock (_lock)
            (_running, _next) = (_next!, null);
    }
}
