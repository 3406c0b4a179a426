namespace NBomber.Contracts;

/// <summary>How much load, and for how long. Made by <see cref="CSharp.Simulation"/>.</summary>
public abstract record LoadSimulation
{
    private protected LoadSimulation()
    {
    }
}

/// <summary>Copies arrive on schedule, each for one iteration, whether or not earlier ones are done.</summary>
internal sealed record OpenLoop(int Rate, TimeSpan Interval, long Iterations, TimeSpan During) : LoadSimulation
{
    /// <summary>When a copy arrives, from the beginning on: evenly within each interval.</summary>
    public TimeSpan Arrival(long iteration) => TimeSpan.FromTicks((long)((Int128)Interval.Ticks * iteration / Rate));
}

/// <summary>So many copies run one iteration after the other, until the time is over or the iterations are used up.</summary>
internal sealed record ClosedLoop(int Copies, TimeSpan During, long Iterations) : LoadSimulation;
