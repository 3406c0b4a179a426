using System.Diagnostics.Metrics;
using OrleansIngest.Grains;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>The metrics of the disk store.</summary>
internal static class DiskMetrics
{
    public static readonly Histogram<double> Sync =
        Telemetry.Durations("ingest.disk.sync.duration", "How long the disk took to make the bytes of a file durable.");

    private static readonly Gauge<long> s_free =
        Telemetry.Meter.CreateGauge<long>("ingest.disk.free", "By", "Free bytes of the media store's disk.");

    private static readonly Gauge<long> s_reserve =
        Telemetry.Meter.CreateGauge<long>("ingest.disk.reserve", "By", "Free bytes that uploads leave alone.");

    /// <summary>Records the free space of the volume and the reserve, both in bytes.</summary>
    public static void Space(long free, long reserve)
    {
        s_free.Record(free);
        s_reserve.Record(reserve);
    }
}
