using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Grains.Feed;

/// <summary>What watchers are told beside events: passing messages, which have seq 0.</summary>
internal static class FeedMessages
{
    /// <summary>The watcher has everything that there is.</summary>
    public static EncodedEvent Heartbeat(DateTimeOffset at) =>
        Encode(new ActivityEvent { At = at.ToTimestamp(), Heartbeat = new Heartbeat() });

    /// <summary>The watcher remembers another history of the job.</summary>
    public static EncodedEvent Reset(string job) =>
        Encode(new ActivityEvent { Job = job, FeedReset = new FeedReset() });

    /// <summary>An event of the job is damaged.</summary>
    public static EncodedEvent Damaged(string job, long seq) =>
        Encode(new ActivityEvent { Job = job, HistoryDamaged = new HistoryDamaged { Seq = seq } });

    /// <summary>A job appeared or changed.</summary>
    public static EncodedEvent Changed(Ports.JobRow row) =>
        Encode(new ActivityEvent { Job = row.Job, JobRow = row.ToProto() });

    /// <summary>A message as it is sent.</summary>
    public static EncodedEvent Encode(ActivityEvent message) => new(default, message.ToByteArray());
}
