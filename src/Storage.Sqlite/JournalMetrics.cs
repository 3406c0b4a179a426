using System.Diagnostics.Metrics;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>What the journal's writer tells of itself.</summary>
internal static class JournalMetrics
{
    public static readonly UpDownCounter<int> Waiting =
        Telemetry.Meter.CreateUpDownCounter<int>("ingest.journal.waiting", "{write}", "Writes whose commit is not over.");

    private static readonly Histogram<double> s_duration =
        Telemetry.Durations("ingest.journal.commit.duration", "How long a commit took, the disk included.");

    private static readonly Histogram<int> s_size =
        Telemetry.Counts("ingest.journal.commit.size", "{write}", "Writes that shared a commit.");

    /// <summary>A commit begins. Its span is nobody's child: it serves many requests.</summary>
    public static Step Commit(int writes)
    {
        s_size.Record(writes);
        return new Step(s_duration, Telemetry.Source.StartActivity("commit")?.SetTag("ingest.journal.writes", writes));
    }

    /// <summary>What a failed commit is called.</summary>
    public static string Word(Exception e) => e.ToJournalException() is JournalFullException ? "full" : "failed";
}
