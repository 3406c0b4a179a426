using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>
/// Stops calls to a server that does not answer, so that requests do not pile up in front of it.
/// It counts calls that were tried again for their whole time, not attempts: a short outage opens
/// nothing.
/// </summary>
internal sealed class Circuit(int failures, TimeSpan pause, TimeProvider time)
{
    private readonly Lock _lock = new();
    private int _failed;
    private long? _closedAt; // on the monotonic clock; null while calls may pass

    /// <summary>Asks whether a call may go to the server.</summary>
    /// <exception cref="StoreUnavailableException">It may not.</exception>
    public void Enter()
    {
        lock (_lock)
        {
            if (_closedAt is not { } at)
                return;
            if (time.GetElapsedTime(at) < pause)
                throw new StoreUnavailableException("The S3 server did not answer; it is tried again in a moment.");
            _closedAt = time.GetTimestamp(); // this call tries, and the others wait for what comes of it
        }
    }

    /// <summary>The server has answered.</summary>
    public void Answered()
    {
        lock (_lock)
            (_failed, _closedAt) = (0, null);
    }

    /// <summary>A call was tried for its whole time in vain.</summary>
    public void GaveUp()
    {
        lock (_lock)
        {
            if (++_failed >= failures)
                _closedAt = time.GetTimestamp();
        }
    }
}
