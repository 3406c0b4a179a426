namespace OrleansIngest.LoadTests.Support;

/// <summary>Statistics of many figures.</summary>
public static class Statistics
{
    /// <summary>The median.</summary>
    public static double Median(this IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>
    /// The percentile: the smallest value that so many percent of all values do not exceed.
    /// </summary>
    public static TimeSpan Percentile(this IReadOnlyList<TimeSpan> sorted, double percent) =>
        sorted[(int)Math.Ceiling(sorted.Count * percent / 100) - 1];
}
