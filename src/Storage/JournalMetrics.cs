using System.Diagnostics.Metrics;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage;

/// <summary>The metrics of the journal's writer, whichever backend it has.</summary>
internal static class JournalMetrics
{
    /// <summary>The number of writes that are queued or being committed.</summary>
    public static readonly UpDownCounter<int> Waiting =
        Telemetry.Meter.CreateUpDownCounter<int>("ingest.journal.waiting", "{write}",
            "Writes whose commit is not over.");

    private static readonly Histogram<double> s_duration =
        Telemetry.Durations("ingest.journal.commit.duration", "How long a commit took, the disk included.");

    private static readonly Histogram<int> s_size =
        Telemetry.Counts("ingest.journal.commit.size", "{write}", "Writes that shared a commit.");

    /// <summary>
    /// Begins to measure a commit. Its span has no parent, because a commit serves many requests.
    /// </summary>
    public static Step Commit(int writes)
    {
        s_size.Record(writes);
        return new Step(s_duration, Telemetry.Source.StartActivity("commit")?.SetTag("ingest.journal.writes", writes));
    }

    /// <summary>The value of <see cref="Telemetry.ErrorType"/> for a failed commit.</summary>
    public static string ErrorType(JournalException e) => e is JournalFullException ? "full" : "failed";
}
