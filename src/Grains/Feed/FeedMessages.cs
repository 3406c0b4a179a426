using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// The messages that watchers get besides events. The journal does not keep them, and they
/// have seq 0.
/// </summary>
internal static class FeedMessages
{
    /// <summary>Nothing was sent for a while: the watcher is up to date.</summary>
    public static EncodedEvent Heartbeat(DateTimeOffset at) =>
        Encode(new ActivityEvent { At = at.ToTimestamp(), Heartbeat = new Heartbeat() });

    /// <summary>The position of the watcher belongs to another history of the job.</summary>
    public static EncodedEvent Reset(string job) =>
        Encode(new ActivityEvent { Job = job, FeedReset = new FeedReset() });

    /// <summary>An event of the job is damaged in the journal.</summary>
    public static EncodedEvent Damaged(string job, long seq) =>
        Encode(new ActivityEvent { Job = job, HistoryDamaged = new HistoryDamaged { Seq = seq } });

    /// <summary>The row of a job that is new or has changed.</summary>
    public static EncodedEvent Changed(Ports.JobRow row) =>
        Encode(new ActivityEvent { Job = row.Job, JobRow = row.ToProto() });

    /// <summary>Encodes a message.</summary>
    public static EncodedEvent Encode(ActivityEvent message) => new(default, message.ToByteArray());
}
