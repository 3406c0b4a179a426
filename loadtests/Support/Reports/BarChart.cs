using System.Net;

namespace OrleansIngest.LoadTests.Support.Reports;

/// <summary>A bar of a chart.</summary>
/// <param name="Label">The text before the bar.</param>
/// <param name="Values">
/// One value for each round. The bar ends at the median; a thin line goes from the least to the
/// most.
/// </param>
/// <param name="Style">The class of the bar in the page's style sheet.</param>
public sealed record Bar(string Label, IReadOnlyList<double> Values, string Style);

/// <summary>Horizontal bars as SVG.</summary>
public static class BarChart
{
    private const int LabelWidth = 150;
    private const int BarWidth = 240;
    private const int ValueWidth = 60;
    private const int Line = 24;

    /// <summary>Draws bars one below the other, on one scale.</summary>
    public static string Svg(string title, IReadOnlyList<Bar> bars)
    {
        var scale = BarWidth / bars.Max(bar => bar.Values.Max());
        var height = (bars.Count + 1) * Line;
        return $"""
            <svg viewBox="0 0 {LabelWidth + BarWidth + ValueWidth} {height}" role="img" aria-label="{Safe(title)}">
            <text class="title" x="0" y="16">{Safe(title)}</text>
            {string.Concat(bars.Select((bar, index) => Svg(bar, (index + 1) * Line, scale)))}</svg>

            """;
    }

    private static string Svg(Bar bar, int top, double scale)
    {
        var median = bar.Values.Median();
        var (least, end, most) = (X(bar.Values.Min()), X(median), X(bar.Values.Max()));
        var middle = top + 9;
        return $"""
            <text x="{LabelWidth - 8}" y="{top + 14}" text-anchor="end">{Safe(bar.Label)}</text>
            <rect class="{bar.Style}" x="{LabelWidth}" y="{top}" width="{end - LabelWidth:0.0}" height="18"/>
            <path class="spread" d="M{least:0.0} {middle}H{most:0.0}M{least:0.0} {top + 5}v8M{most:0.0} {top + 5}v8"/>
            <text x="{Math.Max(end, most) + 6:0.0}" y="{top + 14}">{Number.Text(median)}</text>

            """;

        double X(double value) => LabelWidth + (value * scale);
    }

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
