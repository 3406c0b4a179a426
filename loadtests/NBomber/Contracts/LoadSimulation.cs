namespace NBomber.Contracts;

/// <summary>
/// The amount of load, and its duration. <see cref="CSharp.Simulation"/> creates it.
/// </summary>
public abstract record LoadSimulation
{
    private protected LoadSimulation()
    {
    }
}

/// <summary>
/// Copies arrive on schedule, each for one iteration, whether or not earlier ones have ended.
/// </summary>
internal sealed record OpenLoop(int Rate, TimeSpan Interval, long Iterations, TimeSpan During) : LoadSimulation
{
    /// <summary>
    /// The time at which a copy arrives, counted from the beginning: evenly within each interval.
    /// </summary>
    public TimeSpan Arrival(long iteration) => TimeSpan.FromTicks((long)((Int128)Interval.Ticks * iteration / Rate));
}

/// <summary>
/// A number of copies run one iteration after the other, until the time is over or the iterations
/// are used up.
/// </summary>
internal sealed record ClosedLoop(int Copies, TimeSpan During, long Iterations) : LoadSimulation;
