using System.Net;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>A line of a chart.</summary>
internal sealed record Line(string Name, string Color, Point[] Points);

/// <summary>Draws values over time.</summary>
internal static class Chart
{
    private const int Width = 480;
    private const int Height = 200;
    private const int Left = 50;
    private const int Top = 30;
    private const int Right = 10;
    private const int Bottom = 25;
    private const int MostPoints = 240;

    private static readonly double[] s_steps = [1, 2, 5, 10, 20];

    public static string Svg(string title, params Line[] lines)
    {
        var seconds = lines
            .SelectMany(line => line.Points).Select(point => point.At.TotalSeconds).DefaultIfEmpty(1).Max();
        var top = Round(lines.SelectMany(line => line.Points).Select(point => point.Value).DefaultIfEmpty(0).Max());
        return $"""
            <svg viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img">
            <text x="{Left}" y="14" font-weight="600">{WebUtility.HtmlEncode(title)}</text>
            {string.Concat(lines.Select(Legend))}
            {string.Concat(Enumerable.Range(0, 5).Select(i => Grid(i / 4.0, top)))}
            <text x="{Left}" y="{Height - 8}">0 s</text>
            <text x="{Width - Right}" y="{Height - 8}" text-anchor="end">{seconds:0} s</text>
            {string.Concat(lines.Select(Course))}
            </svg>

            """;

        string Course(Line line) => $"<polyline fill=\"none\" stroke=\"{line.Color}\" stroke-width=\"1.5\" " +
            $"points=\"{Path(line, seconds, top)}\"/>\n";
    }

    private static string Legend(Line line, int number) => line.Name.Length == 0
        ? ""
        : $"<text x=\"{Width - Right - (60 * number)}\" y=\"14\" text-anchor=\"end\" style=\"fill:{line.Color}\">"
            + $"{WebUtility.HtmlEncode(line.Name)}</text>";

    private static string Grid(double share, double top)
    {
        var y = Y(share);
        return $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.0}\" y2=\"{y:0.0}\" stroke=\"#e8edf2\"/>" +
            $"<text x=\"{Left - 6}\" y=\"{y + 4:0.0}\" text-anchor=\"end\">{share * top:0.##}</text>\n";
    }

    /// <summary>
    /// Thins out the points, because an hour has more of them than the chart has pixels. It keeps
    /// the highest of each group, so that no peak is lost.
    /// </summary>
    private static string Path(Line line, double seconds, double top) => string.Join(' ', line.Points
        .Chunk(Math.Max(1, (int)Math.Ceiling(line.Points.Length / (double)MostPoints)))
        .Select(group =>
            $"{X(group[^1].At.TotalSeconds / seconds):0.0},{Y(group.Max(point => point.Value) / top):0.0}"));

    private static double X(double share) => Left + (share * (Width - Left - Right));

    private static double Y(double share) => Height - Bottom - (share * (Height - Top - Bottom));

    /// <summary>The next of 1, 2, 5, 10, 20…</summary>
    private static double Round(double highest)
    {
        if (highest <= 0)
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(highest)));
        return s_steps.Select(step => step * power).First(round => round >= highest);
    }
}
