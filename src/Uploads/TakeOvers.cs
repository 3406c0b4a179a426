namespace OrleansIngest.Uploads;

/// <summary>
/// Limits how often requests take a moving upload from each other. A phone that changes networks
/// does it once. Two clients that fight for one upload would do it for ever, and neither would make
/// progress.
/// </summary>
internal sealed class TakeOvers(TimeProvider time)
{
    /// <summary>Most take-overs within <see cref="Window"/>.</summary>
    public const int Limit = 3;

    /// <summary>The time in which take-overs are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Queue<long> _times = new(Limit);

    /// <summary>Counts a take-over, if one more is allowed now.</summary>
    /// <returns>Whether it is allowed.</returns>
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
