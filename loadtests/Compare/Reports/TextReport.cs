using OrleansIngest.LoadTests.Compare.Measuring;

namespace OrleansIngest.LoadTests.Compare.Reports;

/// <summary>What stands on the console.</summary>
internal static class TextReport
{
    public static string Of(WorkloadResult result) => $"{result.Name}\n{Lines(FigureTable.Of(result))}";

    public static string Of(IEnumerable<Goal> goals) => Lines(
        goals.Select(goal => new[] { goal.What, goal.Wanted, Figure.Text(goal.Measured), goal.Verdict }).Prepend(["goal", "wanted", "measured", ""]));

    private static string Lines(IEnumerable<string[]> table)
    {
        var rows = table.ToList();
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        return string.Concat(rows.Select(row => $"  {string.Join("  ", row.Select((cell, column) => Fit(cell, column, widths[column])))}".TrimEnd() + "\n"));
    }

    private static string Fit(string cell, int column, int width) => column == 0 ? cell.PadRight(width) : cell.PadLeft(width);
}
