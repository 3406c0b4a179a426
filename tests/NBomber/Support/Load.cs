using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace NBomberStandIn.Tests.Support;

/// <summary>Runs a scenario without warm-up and reports.</summary>
internal static class Load
{
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>One copy, so many iterations.</summary>
    public static NodeStats Run(
        int iterations, Func<IScenarioContext, Task<IResponse>> iteration, params Threshold[] thresholds) =>
        Run(Of(Simulation.IterationsForConstant(1, iterations), iteration).WithThresholds(thresholds));

    public static NodeStats Run(params ScenarioProps[] scenarios) =>
        NBomberRunner.RegisterScenarios(scenarios).WithoutReports().Run();

    public static ScenarioProps Of(LoadSimulation simulation, Func<IScenarioContext, Task<IResponse>> iteration) =>
        Scenario.Create("load", iteration).WithoutWarmUp().WithLoadSimulations(simulation);

    public static Task<IResponse> Ok(string statusCode = "", long sizeBytes = 0, double customLatencyMs = 0) =>
        Task.FromResult<IResponse>(Response.Ok(statusCode, sizeBytes, customLatencyMs: customLatencyMs));
}
