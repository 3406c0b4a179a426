namespace OrleansIngest.LoadTests.Support.Reports;

/// <summary>A table for the console.</summary>
public static class TextTable
{
    /// <summary>Formats lines of cells one below the other; the first line is the head.</summary>
    public static string Of(IEnumerable<string[]> table)
    {
        var rows = table.ToList();
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        return string.Concat(rows.Select(row => $"  {Cells(row)}".TrimEnd() + "\n"));

        string Cells(string[] row) =>
            string.Join("  ", row.Select((cell, column) => Fit(cell, column, widths[column])));
    }

    private static string Fit(string cell, int column, int width) =>
        column == 0 ? cell.PadRight(width) : cell.PadLeft(width);
}
