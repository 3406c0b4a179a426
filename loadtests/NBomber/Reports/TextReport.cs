using System.Text;
using NBomber.Contracts.Stats;

namespace NBomber.Reports;

/// <summary>The result as text for a console.</summary>
internal static class TextReport
{
    public static string Of(NodeStats stats)
    {
        var text = new StringBuilder();
        foreach (var scenario in stats.ScenarioStats)
            Write(text, scenario);
        foreach (var row in Rows.Metrics(stats.Metrics))
            text.AppendLine($"  {row.Name,-34}{row.Value,14} {row.Unit}");
        foreach (var threshold in stats.Thresholds)
            text.AppendLine($"  {(threshold.IsFailed ? "FAILED" : "met   ")}  {Rows.Condition(threshold)}");
        return text.AppendLine().ToString();
    }

    private static void Write(StringBuilder text, ScenarioStats scenario)
    {
        text.AppendLine();
        text.AppendLine($"{scenario.ScenarioName}, {scenario.Duration.TotalSeconds:0.0} s");
        text.AppendLine(
            $"  {"",-24}{"count",10}{"per s",10}{"MB/s",10}"
            + $"{"p50 ms",10}{"p75 ms",10}{"p95 ms",10}{"p99 ms",10}{"max ms",10}");
        foreach (var (name, m) in Rows.Measurements(scenario))
        {
            text.AppendLine(
                $"  {name,-24}{m.Request.Count,10}{m.Request.RPS,10:0.0}"
                + $"{Rows.MegabytesPerSecond(m, scenario),10:0.00}"
                + $"{m.Latency.Percent50,10:0.00}{m.Latency.Percent75,10:0.00}{m.Latency.Percent95,10:0.00}"
                + $"{m.Latency.Percent99,10:0.00}{m.Latency.MaxMs,10:0.00}");
        }
        foreach (var code in Rows.StatusCodes(scenario))
            text.AppendLine(
                $"  {(code.IsError ? "failed" : "ok"),-8}{code.StatusCode,-16}{code.Count,10}  {code.Message}");
    }
}
