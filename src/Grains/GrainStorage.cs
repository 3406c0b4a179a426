namespace OrleansIngest.Grains;

/// <summary>The grain storage that grains with <c>IPersistentState</c> use.</summary>
public static class GrainStorage
{
    /// <summary>Its name in the silo's configuration.</summary>
    public const string Name = "ingest";
}

/// <summary>
/// Writes a grain's state, never twice at once: requests that come while a write runs share the next one. A reentrant
/// grain needs this, for two writes at once would carry the same ETag.
/// </summary>
internal sealed class CoalescedWrite(Func<Task> write)
{
    private Task? _running;
    private Task? _next;

    /// <summary>Ends when the state as it is now is stored.</summary>
    /// <exception cref="Exception">What the storage threw.</exception>
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
        await running.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _next = null;
        await (_running = write());
    }
}
