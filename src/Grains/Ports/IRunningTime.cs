namespace OrleansIngest.Grains.Ports;

/// <summary>
/// The total time for which servers of this deployment have run. Everything that waits for a client
/// expires by it. The wall clock can be set by people or by the network; this clock never jumps and
/// never goes back, and continues after a restart. It stands still while no server runs, and while
/// the process or its machine is paused, because no client can reach the server then.
/// </summary>
public interface IRunningTime
{
    /// <summary>The running time until now.</summary>
    TimeSpan Now { get; }

    /// <summary>
    /// The value of <see cref="Now"/> when the clock last started: at the start of the server, or
    /// after a pause.
    /// </summary>
    TimeSpan Since { get; }
}
