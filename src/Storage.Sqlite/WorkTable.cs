using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// Rows of the table <c>work</c>. <c>due</c> is when an item may be leased: at once, when its lease ends, or when
/// whoever gave it back said.
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

    public static void Add(Session session, WorkItem item) =>
        session.Query(AddItem).Bind(item.Kind).Bind(item.Job).Bind(item.Media).Run();

    public static List<LeasedWork> Lease(Session session, string kind, int limit, DateTimeOffset now, DateTimeOffset until)
    {
        var leased = session.Query(LeaseItems).Bind(until).Bind(kind).Bind(now).Bind(limit).All(Read);
        leased.Sort((a, b) => a.Id.CompareTo(b.Id)); // RETURNING promises no order
        return leased;
    }

    public static bool Complete(Session session, LeasedWork work) =>
        session.Query(CompleteItem).Bind(work.Id).Bind(work.Attempt).Run() > 0;

    public static bool Release(Session session, LeasedWork work, DateTimeOffset notBefore) =>
        session.Query(ReleaseItem).Bind(notBefore).Bind(work.Id).Bind(work.Attempt).Run() > 0;

    private static LeasedWork Read(Row row) =>
        new(new WorkItem(row.Text(), row.Text(), row.Uuid()), row.Integer(), row.Int());
}
