using Google.Protobuf.WellKnownTypes;

using Proto = OrleansIngest.Protos.V1;

namespace OrleansIngest.Grains.Feed;

/// <summary>Maps rows and positions to the messages of the public API.</summary>
public static class JobRows
{
    /// <summary>Maps the row of a job.</summary>
    public static Proto.JobRow ToProto(this Ports.JobRow row) => new()
    {
        Job = row.Job,
        AsOf = row.Head.ToProto(),
        Open = row.Counts.Open,
        Stored = row.Counts.Stored,
        Duplicates = row.Counts.Duplicates,
        Errors = row.Counts.Failed,
        Deleted = row.Counts.Deleted,
        StoredBytes = row.Counts.StoredBytes,
        FirstEventAt = row.FirstEventAt.ToTimestamp(),
        LastEventAt = row.LastEventAt.ToTimestamp(),
    };

    /// <summary>Maps a position in a job's history.</summary>
    public static Proto.Position ToProto(this Ports.Position position) =>
        new() { Seq = position.Seq, Checksum = position.Checksum };
}
