using NBomber.Contracts;

namespace NBomber.CSharp;

/// <summary>Creates load simulations.</summary>
public static class Simulation
{
    /// <summary>
    /// Open loop: so many copies arrive in each interval, whether or not earlier ones have ended.
    /// </summary>
    public static LoadSimulation Inject(int rate, TimeSpan interval, TimeSpan during) =>
        new OpenLoop(rate, interval, (long)Math.Ceiling(rate * (during / interval)), during);

    /// <summary>Open loop until so many copies have arrived.</summary>
    public static LoadSimulation IterationsForInject(int rate, TimeSpan interval, int iterations) =>
        new OpenLoop(rate, interval, iterations, TimeSpan.Zero);

    /// <summary>Closed loop: each copy runs one iteration after the other.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) =>
        new ClosedLoop(copies, during, long.MaxValue);

    /// <summary>Closed loop until the copies have run so many iterations together.</summary>
    public static LoadSimulation IterationsForConstant(int copies, int iterations) =>
        new ClosedLoop(copies, TimeSpan.MaxValue, iterations);
}
