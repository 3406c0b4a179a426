namespace OrleansIngest.LoadTests.Compare.Measuring;

internal static class Statistics
{
    public static double Median(this IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The smallest value that so many percent of all do not exceed.</summary>
    public static TimeSpan Percentile(this IReadOnlyList<TimeSpan> sorted, double percent) =>
        sorted[(int)Math.Ceiling(sorted.Count * percent / 100) - 1];
}
