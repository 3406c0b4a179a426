using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansIngest.Grains;

/// <summary>
/// What the server tells of itself: the instruments of all layers are on one meter, and their spans come from one source. docs/metrics.md
/// explains each. Metrics never name a job, a device or a media, for there is no end of them; spans do.
/// </summary>
public static class Telemetry
{
    /// <summary>The name of the meter and of the source.</summary>
    public const string Name = "OrleansIngest";

    /// <summary>OpenTelemetry's attribute for what went wrong; absent if nothing did.</summary>
    public const string ErrorType = "error.type";

    /// <summary>Attribute of spans: the job's key.</summary>
    public const string Job = "ingest.job";

    /// <summary>Attribute of spans: the media's UUID.</summary>
    public const string Media = "ingest.media";

    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    private static readonly InstrumentAdvice<int> s_counts = new()
    {
        HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    };

    /// <summary>Where instruments are.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>Where spans come from.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>A histogram of times, in seconds.</summary>
    public static Histogram<double> Durations(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, tags: null, s_seconds);

    /// <summary>A histogram of how many there were at once.</summary>
    public static Histogram<int> Counts(string name, string unit, string description) =>
        Meter.CreateHistogram(name, unit, description, tags: null, s_counts);
}
