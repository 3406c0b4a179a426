using Microsoft.Data.Sqlite;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>Rows of the table <c>jobs</c>.</summary>
internal static class JobTable
{
    private const string Columns =
        "job, head, head_crc, open, stored, duplicates, failed, deleted, stored_bytes, first_event_at, last_event_at";

    private const string FindHead = "SELECT head, format FROM jobs WHERE job = $job";
    private const string FindFormat = "SELECT format FROM jobs WHERE job = $job";
    private const string FindJob = $"SELECT {Columns} FROM jobs WHERE job = $job";
    private const string ListJobs = $"SELECT {Columns} FROM jobs WHERE job > $after ORDER BY job LIMIT $limit";

    private const string CountEvents = "SELECT CAST(total(head) AS INTEGER) FROM jobs";

    private const string PutJob = $"""
        REPLACE INTO jobs ({Columns}, format)
        VALUES (
            $job, $head, $head_crc, $open, $stored, $duplicates, $failed, $deleted, $stored_bytes, $first_event_at,
            $last_event_at, $format)
        """;

    private static readonly string[] s_nextNames =
        [.. new[] { "jobs", "journal", "media", "uploads", "derived" }
            .Select(table => $"SELECT min(job) FROM {table} WHERE job > $after")];

    /// <summary>The job's last seq; 0 if it has no event.</summary>
    /// <exception cref="JournalException">A newer version of the server wrote the job.</exception>
    public static long Head(Session session, string job)
    {
        var (head, format) = session.Query(FindHead).Bind(job).One(row => (row.Integer(), row.Int()));
        JournalFormat.Check(job, format);
        return head;
    }

    /// <summary>The format of what was written to it last; 0 if there is no row.</summary>
    public static int Format(Session session, string job) => session.Query(FindFormat).Bind(job).One(row => row.Int());

    /// <summary>How many events all jobs have, as far as that can be read of a file that may be damaged.</summary>
    public static long Events(Session session)
    {
        try
        {
            return session.Query(CountEvents).One(row => row.Integer());
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            return 0;
        }
    }

    /// <summary>Every job that any table has a row of, in a file of which some pages may not be readable.</summary>
    public static SortedSet<string> Names(Session session)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var next in s_nextNames)
            AddNames(session.Query(next), names);
        return names;
    }

    public static JobRow? Find(Session session, string job) => session.Query(FindJob).Bind(job).One(Read);

    public static List<JobRow> List(Session session, string after, int limit) =>
        session.Query(ListJobs).Bind(after).Bind(limit).All(Read);

    public static void Put(Session session, JobRow job)
    {
        var counts = job.Counts;
        session.Query(PutJob).Bind(job.Job).Bind(job.Head.Seq).Bind(job.Head.Checksum)
            .Bind(counts.Open).Bind(counts.Stored).Bind(counts.Duplicates).Bind(counts.Failed).Bind(counts.Deleted)
            .Bind(counts.StoredBytes).Bind(job.FirstEventAt).Bind(job.LastEventAt).Bind(JournalFormat.Current).Run();
    }

    private static void AddNames(Statement next, SortedSet<string> names)
    {
        try
        {
            for (var job = ""; next.Bind(job).One(row => row.IsNull() ? null : row.Text()) is { } name; job = name)
                names.Add(name);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            // The other tables know the jobs behind that page.
        }
    }

    // Columns are read in their order.
    private static JobRow Read(Row row) => new(row.Text(), ReadHead(row), ReadCounts(row), row.Time(), row.Time());

    private static Position ReadHead(Row row) => new(row.Integer(), (uint)row.Integer());

    private static JobCounts ReadCounts(Row row) =>
        new(row.Integer(), row.Integer(), row.Integer(), row.Integer(), row.Integer(), row.Integer());
}
