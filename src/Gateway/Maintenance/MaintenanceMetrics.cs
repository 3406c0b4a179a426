using System.Diagnostics.Metrics;
using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// The metrics of sweeps and scrubs. The findings of a scrub are events of the job and are
/// counted as events.
/// </summary>
internal static class MaintenanceMetrics
{
    private static readonly Counter<long> s_freed =
        Telemetry.Meter.CreateCounter<long>("ingest.sweep.freed", "By",
            "Bytes that nobody named, and that a sweep freed.");

    private static readonly Counter<int> s_failures =
        Telemetry.Meter.CreateCounter<int>("ingest.sweep.failures", "{failure}",
            "What a sweep could not do; the next one tries again.");

    private static readonly Counter<long> s_scrubbed =
        Telemetry.Meter.CreateCounter<long>("ingest.scrub.checked", "By",
            "Stored bytes that a scrub compared with their SHA-256.");

    /// <summary>Records the result of a sweep.</summary>
    public static void Swept(SweepReport report)
    {
        s_freed.Add(report.Unfinished.Bytes, State("unfinished"));
        s_freed.Add(report.Orphaned.Bytes, State("finished"));
        s_failures.Add(report.Failures);
    }

    /// <summary>Records bytes that a scrub has read.</summary>
    public static void Scrubbed(long bytes) => s_scrubbed.Add(bytes);

    private static KeyValuePair<string, object?> State(string state) => new("ingest.blob.state", state);
}
