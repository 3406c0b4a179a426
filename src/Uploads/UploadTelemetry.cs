using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

/// <summary>Metrics and spans of bodies, checkpoints and completions.</summary>
internal static class UploadTelemetry
{
    private static readonly UpDownCounter<int> s_active =
        Telemetry.Meter.CreateUpDownCounter<int>("ingest.body.active", "{body}", "Bodies that are being received.");

    private static readonly Counter<long> s_received =
        Telemetry.Meter.CreateCounter<long>("ingest.body.received", "By",
            "Bytes of bodies that were received, counted when their body ends.");

    private static readonly Histogram<double> s_receive =
        Telemetry.Durations("ingest.body.duration", "How long a body took, from the first look at it to its end.");

    private static readonly Histogram<double> s_checkpoint =
        Telemetry.Durations("ingest.upload.checkpoint.duration",
            "How long it took to make an upload's bytes durable and to record them.");

    private static readonly Histogram<double> s_completion =
        Telemetry.Durations("ingest.upload.completion.duration",
            "From an upload's last byte to its committed decision.");

    private static readonly Counter<int> s_takeOvers =
        Telemetry.Meter.CreateCounter<int>("ingest.upload.takeovers", "{takeover}",
            "Requests that were stopped because another one came for their upload.");

    /// <summary>A body begins to be received.</summary>
    public static Step Receive(UploadRow row, long offset)
    {
        s_active.Add(1);
        return new Step(s_receive, Span("receive", row)?.SetTag("ingest.body.offset", offset));
    }

    /// <summary>A body has ended.</summary>
    /// <param name="step">What <see cref="Receive"/> gave.</param>
    /// <param name="bytes">How many came.</param>
    /// <param name="end">How it ended; null if the store failed.</param>
    public static void Received(Step step, long bytes, BodyEnd? end)
    {
        s_active.Add(-1);
        s_received.Add(bytes);
        step.End("ingest.body.end", NameOf(end));
    }

    /// <summary>A checkpoint, until disposed.</summary>
    public static Step Checkpoint(UploadRow row) => new(s_checkpoint, Span("checkpoint", row));

    /// <summary>A completion, until disposed.</summary>
    public static Step Complete(UploadRow row) => new(s_completion, Span("complete", row));

    /// <summary>The part of a completion that waits for the disk, until disposed.</summary>
    public static Activity? Finish() => Telemetry.Source.StartActivity("finish");

    /// <summary>A request is stopped for another one.</summary>
    public static void TakeOver() => s_takeOvers.Add(1);

    private static Activity? Span(string name, UploadRow row) => Telemetry.Source.StartActivity(name)?
        .SetTag(Telemetry.Job, row.Job).SetTag(Telemetry.Media, row.Media.ToString());

    private static string NameOf(BodyEnd? end) => end switch
    {
        BodyEnd.Whole => "whole",
        BodyEnd.Stopped => "stopped",
        BodyEnd.Cut => "cut",
        BodyEnd.TooLong => "too-long",
        BodyEnd.StoreFull => "store-full",
        BodyEnd.Wrong => "wrong",
        BodyEnd.BadFormat => "bad-format",
        _ => "failed",
    };
}
