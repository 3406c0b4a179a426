using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>Rows of the table <c>jobs</c>.</summary>
internal static class JobTable
{
    private const string Columns =
        "job, head, open, stored, duplicates, failed, deleted, stored_bytes, first_event_at, last_event_at";

    private const string FindHead = "SELECT head, format FROM jobs WHERE job = $job";
    private const string FindJob = $"SELECT {Columns} FROM jobs WHERE job = $job";
    private const string ListJobs = $"SELECT {Columns} FROM jobs WHERE job > $after ORDER BY job LIMIT $limit";

    private const string PutJob = $"""
        REPLACE INTO jobs ({Columns}, format)
        VALUES ($job, $head, $open, $stored, $duplicates, $failed, $deleted, $stored_bytes, $first_event_at, $last_event_at, $format)
        """;

    /// <summary>The job's last seq; 0 if it has no event.</summary>
    /// <exception cref="JournalException">A newer version of the server wrote the job.</exception>
    public static long Head(Session session, string job)
    {
        var (head, format) = session.Query(FindHead).Bind(job).One(row => (row.Integer(), row.Int()));
        JournalFormat.Check(job, format);
        return head;
    }

    public static JobRow? Find(Session session, string job) => session.Query(FindJob).Bind(job).One(Read);

    public static List<JobRow> List(Session session, string after, int limit) =>
        session.Query(ListJobs).Bind(after).Bind(limit).All(Read);

    public static void Put(Session session, JobRow job)
    {
        var counts = job.Counts;
        session.Query(PutJob).Bind(job.Job).Bind(job.Head)
            .Bind(counts.Open).Bind(counts.Stored).Bind(counts.Duplicates).Bind(counts.Failed).Bind(counts.Deleted)
            .Bind(counts.StoredBytes).Bind(job.FirstEventAt).Bind(job.LastEventAt).Bind(JournalFormat.Current).Run();
    }

    // Columns are read in their order.
    private static JobRow Read(Row row) => new(row.Text(), row.Integer(), ReadCounts(row), row.Time(), row.Time());

    private static JobCounts ReadCounts(Row row) =>
        new(row.Integer(), row.Integer(), row.Integer(), row.Integer(), row.Integer(), row.Integer());
}
