namespace NBomber.Contracts;

/// <summary>The description of a scenario, made with <see cref="CSharp.Scenario"/>.</summary>
public sealed record ScenarioProps
{
    internal ScenarioProps(string name, Func<IScenarioContext, Task<IResponse>> run) =>
        (ScenarioName, Run) = (name, run);

    /// <summary>The name.</summary>
    public string ScenarioName { get; }

    internal Func<IScenarioContext, Task<IResponse>> Run { get; }

    internal Func<IScenarioInitContext, Task>? Init { get; init; }

    internal Func<IScenarioInitContext, Task>? Clean { get; init; }

    internal TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(30);

    internal IReadOnlyList<LoadSimulation> Simulations { get; init; } =
        [CSharp.Simulation.KeepConstant(1, TimeSpan.FromMinutes(1))];

    internal IReadOnlyList<Threshold> Thresholds { get; init; } = [];
}
