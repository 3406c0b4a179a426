using NBomber.Contracts.Metrics;
using NBomber.Contracts.Stats;

namespace NBomber.Reports;

/// <summary>The rows of the tables that both reports have.</summary>
internal static class Rows
{
    /// <summary>The scenario and its steps. Failures have rows only if there were any.</summary>
    public static IEnumerable<(string Name, MeasurementStats Stats)> Measurements(ScenarioStats scenario) =>
        new[] { ("", scenario.Ok, scenario.Fail) }
            .Concat(scenario.StepStats.Select(step => ($"{step.StepName}: ", step.Ok, step.Fail)))
            .SelectMany(row => new[] { (row.Item1 + "ok", row.Ok), (row.Item1 + "failed", row.Fail) })
            .Where(row => row.Item2.Request.Count > 0);

    /// <summary>
    /// The distinct status codes of the steps and of the scenario that have a code or a message.
    /// </summary>
    public static IEnumerable<StatusCodeStats> StatusCodes(ScenarioStats scenario) =>
        scenario.StepStats.SelectMany(step => step.Ok.StatusCodes.Concat(step.Fail.StatusCodes))
            .Concat(scenario.Ok.StatusCodes).Concat(scenario.Fail.StatusCodes)
            .Where(code => code.StatusCode.Length > 0 || code.Message.Length > 0)
            .DistinctBy(code => (code.StatusCode, code.IsError));

    /// <summary>The counters and gauges at the end.</summary>
    public static IEnumerable<(string Name, string Value, string Unit)> Metrics(MetricStats metrics) =>
        metrics.Counters.Select(c => (c.MetricName, $"{c.Value}", c.UnitOfMeasure))
            .Concat(metrics.Gauges.Select(g => (g.MetricName, $"{g.Value:0.##}", g.UnitOfMeasure)));

    public static double MegabytesPerSecond(MeasurementStats stats, ScenarioStats scenario) =>
        stats.DataTransfer.AllBytes / 1e6 / scenario.Duration.TotalSeconds;

    public static string Condition(ThresholdResult threshold)
    {
        var whose = threshold.StepName.Length > 0
            ? $"{threshold.ScenarioName}, {threshold.StepName}"
            : threshold.ScenarioName;
        var why = threshold.ExceptionMsg.Length > 0 ? $" ({threshold.ExceptionMsg})" : "";
        return $"{whose}: {threshold.CheckExpression}{why}";
    }
}
