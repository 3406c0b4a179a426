namespace OrleansIngest.LoadTests.Support;

/// <summary>What stands for many figures.</summary>
public static class Statistics
{
    /// <summary>The one in the middle.</summary>
    public static double Median(this IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The smallest value that so many percent of all do not exceed.</summary>
    public static TimeSpan Percentile(this IReadOnlyList<TimeSpan> sorted, double percent) =>
        sorted[(int)Math.Ceiling(sorted.Count * percent / 100) - 1];
}
