using System.Linq.Expressions;
using NBomber.Contracts.Metrics;
using NBomber.Contracts.Stats;

namespace NBomber.Contracts;

/// <summary>A condition that the run must meet.</summary>
public sealed class Threshold
{
    private Threshold(string stepName, LambdaExpression check, Func<ScenarioStats, MetricStats, bool> isMet) =>
        (StepName, Check, IsMet) = (stepName, check, isMet);

    /// <summary>
    /// The step that the condition is about; empty if it is about the scenario or its metrics.
    /// </summary>
    public string StepName { get; }

    /// <summary>The condition as it was written.</summary>
    internal LambdaExpression Check { get; }

    internal Func<ScenarioStats, MetricStats, bool> IsMet { get; }

    /// <summary>A condition on the scenario.</summary>
    public static Threshold Create(Expression<Func<ScenarioStats, bool>> checkScenario)
    {
        var check = checkScenario.Compile();
        return new("", checkScenario, (scenario, _) => check(scenario));
    }

    /// <summary>A condition on one step of the scenario.</summary>
    public static Threshold Create(string stepName, Expression<Func<StepStats, bool>> checkStep)
    {
        var check = checkStep.Compile();
        return new(stepName, checkStep, (scenario, _) => check(scenario.StepStats.Get(stepName)));
    }

    /// <summary>A condition on the metrics that the scenario registered.</summary>
    public static Threshold Create(Expression<Func<MetricStats, bool>> checkMetric)
    {
        var check = checkMetric.Compile();
        return new("", checkMetric, (_, metrics) => check(metrics));
    }
}
