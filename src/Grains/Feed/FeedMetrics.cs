using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansIngest.Grains.Feed;

/// <summary>What the feed tells of itself.</summary>
internal static class FeedMetrics
{
    public static readonly UpDownCounter<int> Watchers =
        Telemetry.Meter.CreateUpDownCounter<int>("ingest.feed.watchers", "{watcher}", "Watchers, whatever they watch.");

    public static readonly Counter<long> Delivered =
        Telemetry.Meter.CreateCounter<long>("ingest.feed.delivered", "{event}", "Events that were handed to watchers; hints do not count.");

    public static readonly Counter<long> Replaced =
        Telemetry.Meter.CreateCounter<long>("ingest.feed.hints.replaced", "{hint}", "Hints of which a newer one came before any watcher took them.");

    public static readonly Counter<int> Rereads =
        Telemetry.Meter.CreateCounter<int>("ingest.feed.rereads", "{read}", "Watchers that were up to date and had to go back to the journal.");

    private static readonly Histogram<double> s_lag =
        Telemetry.Durations("ingest.feed.lag", "From an event's commit to the moment at which a watcher is handed it.");

    /// <summary>The moment, if anybody wants to know of lags; else 0.</summary>
    public static long Now => s_lag.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>An event is handed to a watcher. What was there before the watcher came is no lag.</summary>
    /// <param name="committed">A <see cref="Now"/>, or 0 if it is not known.</param>
    /// <param name="came">When the watcher came.</param>
    public static void Lag(long committed, long came)
    {
        if (committed > came)
            s_lag.Record(Stopwatch.GetElapsedTime(committed).TotalSeconds);
    }
}
