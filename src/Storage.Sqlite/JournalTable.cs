using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The table <c>journal</c>. Each row has a checksum.</summary>
internal static class JournalTable
{
    private const string PutEvent =
        "INSERT INTO journal (job, seq, event, private, crc) VALUES ($job, $seq, $event, $private, $crc)";

    private const string ReadEvents =
        "SELECT seq, event, private, crc FROM journal WHERE job = $job AND seq > $after ORDER BY seq LIMIT $limit";

    private const string ReadAllEvents = "SELECT seq, event, private, crc FROM journal WHERE job = $job ORDER BY seq";

    /// <summary>Adds a row.</summary>
    public static void Put(Session session, string job, JournalRow row) => session.Query(PutEvent)
        .Bind(job).Bind(row.Event.Seq).Bind(row.Event.Bytes.Span).Bind(row.Private.Span)
        .Bind(row.Event.At.Checksum).Run();

    /// <summary>
    /// The rows of a job with a seq greater than <paramref name="after"/> in their order, damaged
    /// rows included, at most <paramref name="limit"/>.
    /// </summary>
    public static List<StoredEvent> Read(
        Session session, string job, long after, int limit, CancellationToken cancellation = default) =>
        session.Query(ReadEvents).Bind(job).Bind(after).Bind(limit).All(row => Read(job, row), cancellation);

    /// <summary>
    /// All rows of a job in their order, damaged rows included, without holding them in memory.
    /// </summary>
    public static IEnumerable<StoredEvent> Each(Session session, string job) =>
        session.Query(ReadAllEvents).Bind(job).Each(row => Read(job, row));

    private static StoredEvent Read(string job, Row row)
    {
        var (seq, publicPart, privatePart, crc) = (row.Integer(), row.Blob(), row.Blob(), row.Integer());
        return StoredEvent.Of(job, seq, publicPart, privatePart, crc);
    }
}
