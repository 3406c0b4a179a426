using NBomber.Contracts.Metrics;

namespace NBomber.Contracts;

/// <summary>The context of an iteration.</summary>
public interface IScenarioContext
{
    /// <summary>The copy of the scenario.</summary>
    ScenarioInfo ScenarioInfo { get; }

    /// <summary>Cancelled when the scenario's time is over.</summary>
    CancellationToken ScenarioCancellationToken { get; }
}

/// <summary>A copy of a scenario.</summary>
/// <param name="InstanceNumber">
/// The number of the copy, from 0. An open loop has a new copy for each iteration.
/// </param>
/// <param name="ScenarioName">The name of the scenario.</param>
public sealed record ScenarioInfo(int InstanceNumber, string ScenarioName);

/// <summary>The context of a scenario before it starts and after it has ended.</summary>
public interface IScenarioInitContext
{
    /// <summary>Registers a counter, which is measured from now on.</summary>
    void RegisterMetric(ICounter counter);

    /// <summary>Registers a gauge, which is measured from now on.</summary>
    void RegisterMetric(IGauge gauge);
}
