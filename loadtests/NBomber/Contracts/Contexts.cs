using NBomber.Contracts.Metrics;

namespace NBomber.Contracts;

/// <summary>What an iteration of a scenario knows.</summary>
public interface IScenarioContext
{
    /// <summary>Which copy of the scenario this is.</summary>
    ScenarioInfo ScenarioInfo { get; }

    /// <summary>Cancelled when the scenario's time is over.</summary>
    CancellationToken ScenarioCancellationToken { get; }
}

/// <summary>Which copy of a scenario runs.</summary>
/// <param name="InstanceNumber">The copy's number, from 0. A scenario that injects has a new copy for each iteration.</param>
/// <param name="ScenarioName">The scenario's name.</param>
public sealed record ScenarioInfo(int InstanceNumber, string ScenarioName);

/// <summary>What a scenario knows before it starts and after it has ended.</summary>
public interface IScenarioInitContext
{
    /// <summary>From now on this counter is measured.</summary>
    void RegisterMetric(ICounter counter);

    /// <summary>From now on this gauge is measured.</summary>
    void RegisterMetric(IGauge gauge);
}
