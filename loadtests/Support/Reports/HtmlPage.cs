using System.Net;

namespace OrleansIngest.LoadTests.Support.Reports;

/// <summary>A self-contained HTML page.</summary>
public static class HtmlPage
{
    private const string Style = """
        :root { color-scheme: light dark; --text: light-dark(#1b1f24, #e6e8eb); --quiet: light-dark(#667, #99a);
                --line: light-dark(#dde, #334); --ours: light-dark(#2463c4, #6ea2f5);
                --theirs: light-dark(#b9bfca, #59606d); --sum: light-dark(#7d8594, #8d95a5); }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); max-width: 1100px; margin: 2rem auto;
               padding: 0 1rem; }
        h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
        table { border-collapse: collapse; font-size: 13px; } .wide { overflow-x: auto; }
        th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line);
                 font-variant-numeric: tabular-nums; }
        th:first-child, td:first-child { text-align: left; }
        .missed { font-weight: bold; color: light-dark(#b3261e, #ff8a80); }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); gap: 1rem 2rem;
                  margin: 1rem 0; }
        svg text { font-size: 12px; fill: var(--text); } svg .title { font-weight: 600; }
        .ours { fill: var(--ours); } .theirs { fill: var(--theirs); } .sum { fill: var(--sum); }
        .spread { stroke: var(--text); stroke-opacity: .6; fill: none; } .quiet { color: var(--quiet); }
        """;

    /// <summary>Builds the page.</summary>
    /// <param name="title">The title.</param>
    /// <param name="explanation">How the figures were measured, as HTML.</param>
    /// <param name="facts">The machine and the versions.</param>
    /// <param name="goals">The goals, which come first.</param>
    /// <param name="sections">The sections, as HTML.</param>
    public static string Of(
        string title, string explanation, IEnumerable<KeyValuePair<string, string>> facts, IEnumerable<Goal> goals,
        IEnumerable<string> sections) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>{Safe(title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <h1>{Safe(title)}</h1>
        <p>{explanation}</p>
        <p class="quiet">{string.Join("<br>\n", facts.Select(fact => Safe($"{fact.Key}: {fact.Value}")))}</p>
        <h2>Goals</h2>
        {Table(goals.Select(goal => goal.Line).Prepend(Goal.Head))}
        {string.Concat(sections)}
        </body>
        </html>

        """;

    /// <summary>A section of the page.</summary>
    /// <param name="title">The title.</param>
    /// <param name="charts">The charts, which stand beside each other.</param>
    /// <param name="table">The lines of cells below the charts; the first line is the head.</param>
    public static string Section(string title, IEnumerable<string> charts, IEnumerable<string[]> table) => $"""
        <h2>{Safe(title)}</h2>
        <div class="charts">
        {string.Concat(charts)}</div>
        {Table(table)}

        """;

    private static string Table(IEnumerable<string[]> rows) =>
        "<div class=\"wide\"><table>\n"
        + string.Concat(rows.Select((row, index) => Row(row, index == 0 ? "th" : "td")))
        + "</table></div>\n";

    private static string Row(string[] cells, string tag) =>
        $"<tr>{string.Concat(cells.Select(cell => $"<{tag}{Class(cell)}>{Safe(cell)}</{tag}>"))}</tr>\n";

    private static string Class(string cell) => cell == "missed" ? " class=\"missed\"" : "";

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
