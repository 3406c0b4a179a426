using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// The table <c>work</c>. The column <c>due</c> is the time from which an item may be leased: 0 for
/// a new item, the end of the lease for a leased item, and the time that the worker named for an
/// item that it released.
/// </summary>
internal static class WorkTable
{
    // The order gives the ids, and with them the order of the leases.
    private const string AddItems = $"""
        INSERT INTO work (kind, job, media)
        SELECT a.kind, a.job, a.media
        FROM unnest($2::text[], $3::text[], $4::uuid[]) WITH ORDINALITY AS a (kind, job, media, place)
        {AppendGroup.OfAppended}
        ORDER BY place
        """;

    // Two workers that lease at the same time do not wait for each other. The items are chosen
    // once, before any of them is changed.
    private const string LeaseItems = """
        WITH due AS MATERIALIZED (
            SELECT id FROM work WHERE kind = $1 AND due <= $2 ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)
        UPDATE work SET leased = true, attempt = attempt + 1, due = $4 FROM due WHERE work.id = due.id
        RETURNING kind, job, media, work.id, attempt
        """;

    private const string CompleteItem = "DELETE FROM work WHERE id = $1 AND attempt = $2 AND leased RETURNING 1";

    private const string ReleaseItem =
        "UPDATE work SET leased = false, due = $3 WHERE id = $1 AND attempt = $2 AND leased RETURNING 1";

    /// <summary>Adds items of the jobs that a transaction appends to.</summary>
    public static NpgsqlBatchCommand Add(IReadOnlyCollection<WorkItem> items, Guid transaction) =>
        new NpgsqlBatchCommand(AddItems).With(transaction)
            .WithEach(items, item => item.Kind).WithEach(items, item => item.Job).WithEach(items, item => item.Media);

    /// <summary>Leases items that are due, and returns them in no order.</summary>
    public static NpgsqlBatchCommand Lease(string kind, int limit, DateTimeOffset now, DateTimeOffset until) =>
        new NpgsqlBatchCommand(LeaseItems).With(kind).With(now.UtcTicks).With(limit).With(until.UtcTicks);

    /// <summary>
    /// Removes an item. Returns no row if it was leased again, released or removed meanwhile.
    /// </summary>
    public static NpgsqlBatchCommand Complete(LeasedWork work) =>
        new NpgsqlBatchCommand(CompleteItem).With(work.Id).With(work.Attempt);

    /// <summary>
    /// Returns an item to the queue. Returns no row if it was leased again, released or removed
    /// meanwhile.
    /// </summary>
    public static NpgsqlBatchCommand Release(LeasedWork work, DateTimeOffset notBefore) =>
        new NpgsqlBatchCommand(ReleaseItem).With(work.Id).With(work.Attempt).With(notBefore.UtcTicks);

    public static LeasedWork Read(Row row) =>
        new(new WorkItem(row.Text(), row.Text(), row.Uuid()), row.Integer(), row.Int());
}
