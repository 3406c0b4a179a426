using System.Net;
using System.Text;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>The result as one self-contained page.</summary>
internal static class HtmlReport
{
    private const string Style = """
        body { font: 14px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 1000px; padding: 0 1em; }
        body { color: #1c2733; background: #fff }
        h1 { font-size: 1.6em } h2 { font-size: 1.3em; margin-top: 2em; border-bottom: 1px solid #d5dde5 }
        h3 { font-size: 1em; margin: 1.5em 0 .3em } table { border-collapse: collapse; margin: .5em 0 }
        td, th { padding: .2em .8em; text-align: right; border-bottom: 1px solid #e8edf2 }
        td:first-child, th:first-child, td.text, th.text { text-align: left } th { font-weight: 600; color: #51606f }
        .met { color: #18794e } .failed { color: #c0392b; font-weight: 600 }
        .charts { display: flex; flex-wrap: wrap; gap: 1em }
        svg { max-width: 100% } svg text { font-size: 11px; fill: #51606f }
        """;

    public static string Of(string name, SessionResult result)
    {
        var page = new StringBuilder();
        page.Append($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Text(name)}</title>\n");
        page.Append($"<style>\n{Style}\n</style></head><body>\n");
        page.Append($"<h1>{Text(name)}</h1>\n<p>{result.Stats.Duration.TotalSeconds:0.0} s, ");
        page.Append($"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC, on {Environment.ProcessorCount} cores</p>\n");
        Thresholds(page, result.Stats.Thresholds);
        foreach (var (scenario, recorder) in result.Stats.ScenarioStats.Zip(result.Recorders))
            Scenario(page, scenario, recorder);
        Metrics(page, result);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Thresholds(StringBuilder page, ThresholdResult[] thresholds) => Table(
        page, "Thresholds", ["condition|text", "|text"],
        thresholds.Select(t => new[]
        {
            Text(Rows.Condition(t)),
            t.IsFailed ? "<span class=\"failed\">failed</span>" : "<span class=\"met\">met</span>",
        }));

    private static void Scenario(StringBuilder page, ScenarioStats scenario, Recorder recorder)
    {
        page.Append($"<h2>{Text(scenario.ScenarioName)}</h2>\n");
        Table(
            page, "Latency in milliseconds, and data",
            ["", "count", "per s", "min", "mean", "p50", "p75", "p95", "p99", "max", "MB", "MB/s"],
            Rows.Measurements(scenario).Select(row => Measurements(row.Name, row.Stats, scenario)));
        Table(
            page, "Status codes", ["code", "|text", "count", "message|text"],
            Rows.StatusCodes(scenario).Select(c => new[]
            {
                Text(c.StatusCode),
                c.IsError ? "<span class=\"failed\">failed</span>" : "ok",
                $"{c.Count}",
                Text(c.Message),
            }));
        Charts(page, "", recorder.Iterations.Course);
        foreach (var (step, outcomes) in recorder.Steps)
            Charts(page, $"{step}: ", outcomes.Course);
    }

    private static void Charts(StringBuilder page, string what, IReadOnlyList<Sample> course)
    {
        page.Append("<div class=\"charts\">\n");
        page.Append(Chart.Svg(
            $"{what}per second",
            new Line("ok", "#2f6fb2", Points(s => s.OkPerSecond)),
            new Line("failed", "#c0392b", Points(s => s.FailPerSecond))));
        page.Append(Chart.Svg(
            $"{what}latency, ms",
            new Line("p50", "#2f6fb2", Points(s => s.Median.TotalMilliseconds)),
            new Line("p99", "#d08700", Points(s => s.Percent99.TotalMilliseconds))));
        page.Append(Chart.Svg($"{what}data, MB/s", new Line("", "#18794e", Points(s => s.BytesPerSecond / 1e6))));
        page.Append("</div>\n");

        Point[] Points(Func<Sample, double> value) => [.. course.Select(sample => new Point(sample.At, value(sample)))];
    }

    private static string[] Measurements(string name, MeasurementStats stats, ScenarioStats scenario)
    {
        var latency = stats.Latency;
        return
        [
            Text(name), $"{stats.Request.Count}", $"{stats.Request.RPS:0.0}",
            $"{latency.MinMs:0.00}", $"{latency.MeanMs:0.00}", $"{latency.Percent50:0.00}", $"{latency.Percent75:0.00}",
            $"{latency.Percent95:0.00}", $"{latency.Percent99:0.00}", $"{latency.MaxMs:0.00}",
            $"{stats.DataTransfer.AllBytes / 1e6:0.0}", $"{Rows.MegabytesPerSecond(stats, scenario):0.00}",
        ];
    }

    private static void Metrics(StringBuilder page, SessionResult result)
    {
        page.Append("<h2>Metrics</h2>\n");
        Table(
            page, "At the end", ["metric|text", "value", "unit|text"],
            Rows.Metrics(result.Stats.Metrics).Select(m => new[] { Text(m.Name), m.Value, Text(m.Unit) }));
        page.Append("<div class=\"charts\">\n");
        foreach (var metric in result.Metrics)
            page.Append(Chart.Svg(
                $"{metric.MetricName}, {metric.UnitOfMeasure}", new Line("", "#6b4fa0", [.. metric.History])));
        page.Append("</div>\n");
    }

    /// <summary>Adds a table with a heading.</summary>
    /// <param name="page">The page; it gets no table if there are no rows.</param>
    /// <param name="title">The heading.</param>
    /// <param name="columns">
    /// The headings of the columns; <c>|text</c> at the end marks a column of words.
    /// </param>
    /// <param name="rows">The cells, in HTML.</param>
    private static void Table(StringBuilder page, string title, string[] columns, IEnumerable<string[]> rows)
    {
        var lines = rows.ToArray();
        if (lines.Length == 0)
            return;
        string[] classes =
            [.. columns.Select(c => c.EndsWith("|text", StringComparison.Ordinal) ? " class=\"text\"" : "")];
        page.Append($"<h3>{Text(title)}</h3>\n<table>");
        page.Append($"<tr>{Cells("th", [.. columns.Select(c => Text(c.Split('|')[0]))])}</tr>\n");
        foreach (var line in lines)
            page.Append($"<tr>{Cells("td", line)}</tr>\n");
        page.Append("</table>\n");

        string Cells(string tag, string[] cells) =>
            string.Concat(cells.Select((cell, i) => $"<{tag}{classes[i]}>{cell}</{tag}>"));
    }

    private static string Text(string words) => WebUtility.HtmlEncode(words);
}
