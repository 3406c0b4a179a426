using System.Text.Json;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Growth.Reports;

/// <summary>The report of all sections, as HTML and JSON.</summary>
internal sealed class Report(IReadOnlyList<(Section Section, SectionResult Result)> results)
{
    private const string Explanation = """
        Each part has servers of its own, on one core; the client is on another. A bar is the median of the rounds,
        a thin line goes from the least to the most.
        """;

    private static readonly JsonSerializerOptions s_readable = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public IReadOnlyList<Goal> Goals { get; } = [.. results.SelectMany(part => part.Result.Goals)];

    public string Json => JsonSerializer.Serialize(
        new
        {
            Machine = Machine.Facts,
            Goals,
            Sections = results.Select(part => new { part.Section.Key, part.Section.Name, part.Result.Charts }),
        },
        s_readable);

    public string Html => HtmlPage.Of(
        "How cost grows", Explanation, Machine.Facts, Goals,
        results.Select(
            part => HtmlPage.Section(part.Section.Name, part.Result.Charts.Select(Svg), Table(part.Result))));

    /// <summary>The figures of a section as lines of cells; the first line is the head.</summary>
    public static IEnumerable<string[]> Table(SectionResult result) =>
        result.Charts.SelectMany(Lines).Prepend(["", "median", "least", "most"]);

    private static IEnumerable<string[]> Lines(Chart chart) => chart.Figures.Select(figure => new[]
    {
        $"{chart.Title}: {figure.Label}",
        Number.Text(figure.Median),
        Number.Text(figure.Rounds.Min()),
        Number.Text(figure.Rounds.Max()),
    });

    private static string Svg(Chart chart) =>
        BarChart.Svg(chart.Title, [.. chart.Figures.Select(figure => new Bar(figure.Label, figure.Rounds, "ours"))]);
}
