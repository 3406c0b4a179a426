using NBomber.Contracts;

namespace NBomber.CSharp;

/// <summary>Describes scenarios.</summary>
public static class Scenario
{
    /// <summary>Creates a scenario with this iteration.</summary>
    public static ScenarioProps Create(string name, Func<IScenarioContext, Task<IResponse>> run) => new(name, run);

    /// <summary>
    /// Sets a function that runs before anything else. If it throws, the run fails too.
    /// </summary>
    public static ScenarioProps WithInit(this ScenarioProps scenario, Func<IScenarioInitContext, Task> initFunc) =>
        scenario with { Init = initFunc };

    /// <summary>Sets a function that runs when everything has ended.</summary>
    public static ScenarioProps WithClean(this ScenarioProps scenario, Func<IScenarioInitContext, Task> cleanFunc) =>
        scenario with { Clean = cleanFunc };

    /// <summary>
    /// Sets the time for which the same load runs first, without measurement; the default is 30
    /// seconds.
    /// </summary>
    public static ScenarioProps WithWarmUpDuration(this ScenarioProps scenario, TimeSpan duration) =>
        scenario with { WarmUp = duration };

    /// <summary>Measures from the beginning, without a warm-up.</summary>
    public static ScenarioProps WithoutWarmUp(this ScenarioProps scenario) => scenario with { WarmUp = TimeSpan.Zero };

    /// <summary>Sets the load: one simulation after the other.</summary>
    public static ScenarioProps WithLoadSimulations(
        this ScenarioProps scenario, params LoadSimulation[] loadSimulations) =>
        scenario with { Simulations = loadSimulations };

    /// <summary>Sets the conditions that the run must meet.</summary>
    public static ScenarioProps WithThresholds(this ScenarioProps scenario, params Threshold[] thresholds) =>
        scenario with { Thresholds = thresholds };
}
