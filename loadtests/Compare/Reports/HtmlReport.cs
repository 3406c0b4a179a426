using System.Net;
using OrleansIngest.LoadTests.Compare.Measuring;
using OrleansIngest.LoadTests.Compare.Servers;

namespace OrleansIngest.LoadTests.Compare.Reports;

/// <summary>One page with everything in it, for people.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --text: light-dark(#1b1f24, #e6e8eb); --quiet: light-dark(#667, #99a); --line: light-dark(#dde, #334);
                --ours: light-dark(#2463c4, #6ea2f5); --theirs: light-dark(#b9bfca, #59606d); --sum: light-dark(#7d8594, #8d95a5); }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
        h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
        table { border-collapse: collapse; font-size: 13px; } .wide { overflow-x: auto; }
        th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
        th:first-child, td:first-child { text-align: left; } .missed { font-weight: bold; color: light-dark(#b3261e, #ff8a80); }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); gap: 1rem 2rem; margin: 1rem 0; }
        svg text { font-size: 12px; fill: var(--text); } svg .title { font-weight: 600; }
        .ours { fill: var(--ours); } .theirs { fill: var(--theirs); } .sum { fill: var(--sum); }
        .spread { stroke: var(--text); stroke-opacity: .6; fill: none; } .quiet { color: var(--quiet); }
        """;

    public static string Of(IEnumerable<WorkloadResult> results, IEnumerable<Goal> goals) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>What an upload costs</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <h1>What an upload costs</h1>
        <p>The same lean client uploads the same bytes to each server in turn, round after round. A bar is the median of the rounds, a thin line goes from
        the least to the most. CPU is user and system time of all processes of the server, on one core.</p>
        <p class="quiet">{string.Join("<br>\n", Machine.Facts.Select(fact => Safe($"{fact.Key}: {fact.Value}")))}</p>
        <h2>Goals</h2>
        {GoalTable(goals)}
        {string.Concat(results.Select(Section))}
        </body>
        </html>

        """;

    private static string Section(WorkloadResult result) => $"""
        <h2>{Safe(result.Name)}</h2>
        <div class="charts">
        {Chart(result, Figure.CpuPerUpload, SumOfCpu(result))}{Chart(result, Figure.Uploads)}{Chart(result, Figure.P50)}{Chart(result, Figure.P99)}{Chart(result, Figure.PeakMemory)}</div>
        {Table(FigureTable.Of(result))}

        """;

    private static string Chart(WorkloadResult result, Figure figure, params IEnumerable<Bar> more) =>
        BarChart.Svg(figure.Name, [.. result.Peers.Select(peer => new Bar(peer.Peer.Name, [.. peer.Rounds.Select(figure.Of)], StyleOf(peer.Peer))), .. more]);

    private static IEnumerable<Bar> SumOfCpu(WorkloadResult result) => result.NginxAndSha256 is { } both
        ? [new("nginx + SHA-256", [.. both.Select(seconds => seconds * result.Body.Size / 1000)], "sum")]
        : [];

    private static string StyleOf(Peer peer) => peer.Key is Peer.OursDisk or Peer.OursProcess ? "ours" : "theirs";

    private static string GoalTable(IEnumerable<Goal> goals) =>
        Table(goals.Select(goal => new[] { goal.What, goal.Wanted, Figure.Text(goal.Measured), goal.Verdict }).Prepend(["", "wanted", "measured", ""]));

    private static string Table(IEnumerable<string[]> rows) =>
        $"<div class=\"wide\"><table>\n{string.Concat(rows.Select((row, index) => Row(row, index == 0 ? "th" : "td")))}</table></div>\n";

    private static string Row(string[] cells, string tag) =>
        $"<tr>{string.Concat(cells.Select(cell => $"<{tag}{(cell == "missed" ? " class=\"missed\"" : "")}>{Safe(cell)}</{tag}>"))}</tr>\n";

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
