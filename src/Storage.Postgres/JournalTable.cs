using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>The table <c>journal</c>. Each row has a checksum.</summary>
internal static class JournalTable
{
    private const string PutEvents = $"""
        INSERT INTO journal (job, seq, event, private, crc)
        SELECT a.* FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bigint[])
            AS a (job, seq, event, private, crc)
        {AppendGroup.OfAppended}
        """;

    private const string ReadEvents =
        "SELECT seq, event, private, crc FROM journal WHERE job = $1 AND seq > $2 ORDER BY seq LIMIT $3";

    /// <summary>Adds the events of the jobs that a transaction appends to.</summary>
    public static NpgsqlBatchCommand Put(IReadOnlyCollection<OfJob<JournalRow>> rows, Guid transaction) =>
        new NpgsqlBatchCommand(PutEvents).With(transaction)
            .WithEach(rows, a => a.Job).WithEach(rows, a => a.Row.Event.Seq)
            .WithEach(rows, a => a.Row.Event.Bytes.ToArray()).WithEach(rows, a => a.Row.Private.ToArray())
            .WithEach(rows, a => (long)a.Row.Event.At.Checksum);

    /// <summary>
    /// The rows of a job with a seq greater than <paramref name="after"/> in their order, damaged
    /// rows included, at most <paramref name="limit"/>.
    /// </summary>
    public static NpgsqlBatchCommand List(string job, long after, int limit) =>
        new NpgsqlBatchCommand(ReadEvents).With(job).With(after).With(limit);

    /// <summary>Reads a row of the result of <see cref="List"/>.</summary>
    public static StoredEvent Read(string job, Row row)
    {
        var (seq, publicPart, privatePart, crc) = (row.Integer(), row.Bytes(), row.Bytes(), row.Integer());
        return StoredEvent.Of(job, seq, publicPart, privatePart, crc);
    }
}
