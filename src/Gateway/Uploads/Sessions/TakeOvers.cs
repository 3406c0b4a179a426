namespace OrleansIngest.Gateway.Uploads.Sessions;

/// <summary>
/// How often requests may take a moving upload from one another. A phone that changes networks does it once; two clients
/// that fight for an upload would do it for ever, and neither would get on.
/// </summary>
internal sealed class TakeOvers(TimeProvider time)
{
    /// <summary>So many within <see cref="Window"/>.</summary>
    public const int Limit = 3;

    /// <summary>See <see cref="Limit"/>.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Queue<long> _times = new(Limit);

    /// <summary>Whether one more is allowed now; it counts.</summary>
    public bool Allow()
    {
        while (_times.TryPeek(out var first) && time.GetElapsedTime(first) >= Window)
            _times.Dequeue();
        if (_times.Count == Limit)
            return false;
        _times.Enqueue(time.GetTimestamp());
        return true;
    }
}
