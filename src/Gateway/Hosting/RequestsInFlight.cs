namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Counts the requests that have no response yet, so that the shutdown can wait for them. GET,
/// HEAD and OPTIONS are not counted: a download takes as long as its client reads, and the client
/// can repeat it.
/// </summary>
internal sealed class RequestsInFlight
{
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1; // starts at 1 for the server itself, so that 0 is reached only after it stops

    /// <summary>Counts a request that changes something.</summary>
    /// <returns>
    /// Whether the request is counted. Then the caller must call <see cref="End"/>.
    /// </returns>
    public bool Begin(HttpRequest request)
    {
        if (request.Method is "GET" or "HEAD" or "OPTIONS")
            return false;
        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>The response to a counted request has been written.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            _none.TrySetResult();
    }

    /// <summary>
    /// Completes when every counted request has its response. Call it once, when the server stops.
    /// </summary>
    public Task Answered()
    {
        End();
        return _none.Task;
    }
}
