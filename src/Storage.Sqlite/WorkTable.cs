using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The table <c>work</c>. The column <c>due</c> is the time from which an item may be leased: 0 for
/// a new item, the end of the lease for a leased item, and the time that the worker named for an
/// item that it released.
/// </summary>
internal static class WorkTable
{
    private const string AddItem = "INSERT INTO work (kind, job, media) VALUES ($kind, $job, $media)";

    private const string LeaseItems = """
        UPDATE work SET leased = 1, attempt = attempt + 1, due = $until
        WHERE id IN (SELECT id FROM work WHERE kind = $kind AND due <= $now ORDER BY id LIMIT $limit)
        RETURNING kind, job, media, id, attempt
        """;

    private const string CompleteItem = "DELETE FROM work WHERE id = $id AND attempt = $attempt AND leased = 1";

    private const string ReleaseItem =
        "UPDATE work SET leased = 0, due = $not_before WHERE id = $id AND attempt = $attempt AND leased = 1";

    /// <summary>Adds an item.</summary>
    public static void Add(Session session, WorkItem item) =>
        session.Query(AddItem).Bind(item.Kind).Bind(item.Job).Bind(item.Media).Run();

    /// <summary>Leases items that are due, oldest first.</summary>
    public static List<LeasedWork> Lease(
        Session session, string kind, int limit, DateTimeOffset now, DateTimeOffset until)
    {
        var leased = session.Query(LeaseItems).Bind(until).Bind(kind).Bind(now).Bind(limit).All(Read);
        leased.Sort((a, b) => a.Id.CompareTo(b.Id)); // RETURNING guarantees no order
        return leased;
    }

    /// <summary>
    /// Removes an item. Returns false if it was leased again, released or removed meanwhile.
    /// </summary>
    public static bool Complete(Session session, LeasedWork work) =>
        session.Query(CompleteItem).Bind(work.Id).Bind(work.Attempt).Run() > 0;

    /// <summary>
    /// Returns an item to the queue. Returns false if it was leased again, released or removed
    /// meanwhile.
    /// </summary>
    public static bool Release(Session session, LeasedWork work, DateTimeOffset notBefore) =>
        session.Query(ReleaseItem).Bind(notBefore).Bind(work.Id).Bind(work.Attempt).Run() > 0;

    private static LeasedWork Read(Row row) =>
        new(new WorkItem(row.Text(), row.Text(), row.Uuid()), row.Integer(), row.Int());
}
