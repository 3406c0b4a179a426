using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansIngest.Grains;

/// <summary>
/// The meter and the activity source of all layers. docs/metrics.md lists the instruments.
/// Attributes of metrics never name a job, a device or a media, as their number is unbounded; spans
/// may name them.
/// </summary>
public static class Telemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "OrleansIngest";

    /// <summary>
    /// OpenTelemetry's attribute for the kind of an error; absent if there was none.
    /// </summary>
    public const string ErrorType = "error.type";

    /// <summary>The span attribute with the key of the job.</summary>
    public const string Job = "ingest.job";

    /// <summary>The span attribute with the UUID of the media.</summary>
    public const string Media = "ingest.media";

    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries =
            [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    private static readonly InstrumentAdvice<int> s_counts = new()
    {
        HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    };

    /// <summary>The meter of all instruments.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>The source of all spans.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Creates a histogram of durations in seconds.</summary>
    public static Histogram<double> Durations(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, tags: null, s_seconds);

    /// <summary>Creates a histogram of counts, such as the size of a batch.</summary>
    public static Histogram<int> Counts(string name, string unit, string description) =>
        Meter.CreateHistogram(name, unit, description, tags: null, s_counts);
}
