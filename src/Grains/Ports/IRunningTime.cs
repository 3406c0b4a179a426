namespace OrleansIngest.Grains.Ports;

/// <summary>
/// How long this deployment has run, in all its lives: what waits for clients ages by it. The wall clock is set by people and by
/// the network; this one never jumps, never goes back, and goes on after a restart where it was. It stands still while no server
/// runs and while the process or its machine is paused, for then no client could have come.
/// </summary>
public interface IRunningTime
{
    /// <summary>The time that it has run until now.</summary>
    TimeSpan Now { get; }

    /// <summary>What <see cref="Now"/> was when it last began to go on: at the start, or after a pause.</summary>
    TimeSpan Since { get; }
}
