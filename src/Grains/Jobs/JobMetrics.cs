using System.Diagnostics.Metrics;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Grains.Jobs;

/// <summary>The metrics of jobs.</summary>
internal static class JobMetrics
{
    public static readonly UpDownCounter<int> Active =
        Telemetry.Meter.CreateUpDownCounter<int>("ingest.job.active", "{job}", "Jobs in memory.");

    private static readonly Histogram<double> s_appendDuration =
        Telemetry.Durations("ingest.job.append.duration",
            "How long a job's append took, from the decision to the commit.");

    private static readonly Histogram<int> s_appendSize =
        Telemetry.Counts("ingest.job.append.size", "{event}", "Events of a job's append.");

    private static readonly Counter<int> s_conflicts =
        Telemetry.Meter.CreateCounter<int>("ingest.job.append.conflicts", "{append}",
            "Appends that found that another writer had been first.");

    private static readonly Counter<long> s_events =
        Telemetry.Meter.CreateCounter<long>("ingest.job.events", "{event}", "Events that were committed.");

    /// <summary>Starts to measure an append.</summary>
    public static Step Append(JournalAppend append)
    {
        s_appendSize.Record(append.Rows.Count);
        return new Step(s_appendDuration);
    }

    /// <summary>Counts an append that failed because another writer was first.</summary>
    public static void Conflict() => s_conflicts.Add(1);

    /// <summary>Counts committed events.</summary>
    public static void Committed(IReadOnlyList<JobEvent> events)
    {
        if (!s_events.Enabled)
            return;
        foreach (var e in events)
            Committed(e.Public);
    }

    private static void Committed(ActivityEvent e)
    {
        // The number of a case is the number of its field.
        var field = ActivityEvent.Descriptor.FindFieldByNumber((int)e.WhatCase);
        var name = KeyValuePair.Create<string, object?>("ingest.event", field?.Name);
        if (e.UploadFailed is { Reason: var reason })
            s_events.Add(1, name, KeyValuePair.Create<string, object?>(Telemetry.ErrorType, ErrorType(reason)));
        else
            s_events.Add(1, name);
    }

    private static string ErrorType(UploadFailed.Types.Reason reason) => reason switch
    {
        UploadFailed.Types.Reason.Terminated => "terminated",
        UploadFailed.Types.Reason.Expired => "expired",
        UploadFailed.Types.Reason.HashMismatch => "hash-mismatch",
        UploadFailed.Types.Reason.BadFormat => "bad-format",
        _ => "_OTHER",
    };
}
