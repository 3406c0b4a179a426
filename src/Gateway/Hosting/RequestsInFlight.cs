namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Counts requests that wait for an answer, so that the end of the process can wait for them. Those that only read are
/// not counted: a
/// download takes as long as its client likes, and is as well made again.
/// </summary>
internal sealed class RequestsInFlight
{
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1; // one for the server, which has not stopped

    /// <summary>A request begins.</summary>
    /// <returns>Whether it is counted, and has to be told to <see cref="End"/>.</returns>
    public bool Begin(HttpRequest request)
    {
        if (request.Method is "GET" or "HEAD" or "OPTIONS")
            return false;
        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>The answer to a request that is counted is written.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            _none.TrySetResult();
    }

    /// <summary>Ends when no request waits for an answer. To be called once, when the server stops.</summary>
    public Task Answered()
    {
        End();
        return _none.Task;
    }
}
