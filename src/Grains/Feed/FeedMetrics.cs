using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansIngest.Grains.Feed;

/// <summary>The metrics of the feed.</summary>
internal static class FeedMetrics
{
    public static readonly UpDownCounter<int> Watchers =
        Telemetry.Meter.CreateUpDownCounter<int>("ingest.feed.watchers", "{watcher}",
            "Watchers, whatever they watch.");

    public static readonly Counter<long> Delivered =
        Telemetry.Meter.CreateCounter<long>("ingest.feed.delivered", "{event}",
            "Events that were handed to watchers; hints do not count.");

    public static readonly Counter<long> Replaced =
        Telemetry.Meter.CreateCounter<long>("ingest.feed.hints.replaced", "{hint}",
            "Hints of which a newer one came before any watcher took them.");

    public static readonly Counter<int> Rereads =
        Telemetry.Meter.CreateCounter<int>("ingest.feed.rereads", "{read}",
            "Watchers that were up to date and had to go back to the journal.");

    private static readonly Histogram<double> s_lag =
        Telemetry.Durations("ingest.feed.lag",
            "From an event's commit to the moment at which a watcher is handed it.");

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
