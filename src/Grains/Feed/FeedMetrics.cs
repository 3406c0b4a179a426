using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansIngest.Grains.Feed;

/// <summary>The metrics of the feed.</summary>
internal static class FeedMetrics
{
    public static readonly UpDownCounter<int> Watchers =
        Telemetry.Meter.CreateUpDownCounter<int>("ingest.feed.watchers", "{watcher}",
            "Connected watchers.");

    public static readonly Counter<long> Delivered =
        Telemetry.Meter.CreateCounter<long>("ingest.feed.delivered", "{event}",
            "Events that watchers read, without hints.");

    public static readonly Counter<long> Replaced =
        Telemetry.Meter.CreateCounter<long>("ingest.feed.hints.replaced", "{hint}",
            "Hints that a newer one replaced before any watcher read them.");

    public static readonly Counter<int> Rereads =
        Telemetry.Meter.CreateCounter<int>("ingest.feed.rereads", "{read}",
            "Reads of the journal by watchers that were up to date before.");

    private static readonly Histogram<double> s_lag =
        Telemetry.Durations("ingest.feed.lag",
            "Time from the commit of an event until a watcher reads it.");

    /// <summary>The current timestamp if the lag is measured; otherwise 0.</summary>
    public static long Now => s_lag.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>
    /// Records the lag of an event that a watcher reads. Events that were committed before the
    /// watcher joined are not counted.
    /// </summary>
    /// <param name="committed">The <see cref="Now"/> of the commit; 0 if unknown.</param>
    /// <param name="joined">The <see cref="Now"/> at which the watcher joined.</param>
    public static void Lag(long committed, long joined)
    {
        if (committed > joined)
            s_lag.Record(Stopwatch.GetElapsedTime(committed).TotalSeconds);
    }
}
