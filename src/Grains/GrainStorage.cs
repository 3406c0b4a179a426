namespace OrleansIngest.Grains;

/// <summary>The grain storage of grains that use <c>IPersistentState</c>.</summary>
public static class GrainStorage
{
    /// <summary>The name of the storage provider in the silo.</summary>
    public const string Name = "ingest";
}

/// <summary>
/// Writes a grain's state, one write at a time. Calls during a write share the next write.
/// Reentrant grains need this: two concurrent writes would carry the same ETag, and the second
/// one would fail.
/// </summary>
internal sealed class CoalescedWrite(Func<Task> write)
{
    private Task? _running;
    private Task? _next;

    /// <summary>Stores the current state. Completes when the state is stored.</summary>
    /// <exception cref="Exception">The exception of the storage provider.</exception>
    public Task Now()
    {
        if (_next is not null)
            return _next;
        if (_running is { IsCompleted: false })
            return _next = AfterRunning(_running);
        return _running = write();
    }

    private async Task AfterRunning(Task running)
    {
        // The caller of the first write gets its exception. The context is that of the grain.
        await running.ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _next = null; // changes from now on need another write
        await (_running = write());
    }
}
