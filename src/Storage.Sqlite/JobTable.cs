using Microsoft.Data.Sqlite;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The table <c>jobs</c>.</summary>
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
    [
        .. new[] { "jobs", "journal", "media", "uploads", "derived" }
            .Select(table => $"SELECT min(job) FROM {table} WHERE job > $after"),
    ];

    /// <summary>The seq of the last event of a job; 0 if the job has no event.</summary>
    /// <exception cref="JournalException">A newer version of the server wrote the job.</exception>
    public static long Head(Session session, string job)
    {
        var (head, format) = session.Query(FindHead).Bind(job).One(row => (row.Integer(), row.Int()));
        JournalFormat.Check(job, format);
        return head;
    }

    /// <summary>
    /// The <see cref="JournalFormat"/> of the last append to a job; 0 if the job has no row.
    /// </summary>
    public static int Format(Session session, string job) =>
        session.Query(FindFormat).Bind(job).One(row => row.Int());

    /// <summary>
    /// The number of events of all jobs; 0 if the file is damaged and the table cannot be read.
    /// </summary>
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

    /// <summary>
    /// The keys of all jobs that have a row in any table. Skips pages of a damaged file that cannot
    /// be read.
    /// </summary>
    public static SortedSet<string> Names(Session session)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var next in s_nextNames)
            AddNames(session.Query(next), names);
        return names;
    }

    /// <summary>The row of a job; null if the job has none.</summary>
    public static JobRow? Find(Session session, string job) => session.Query(FindJob).Bind(job).One(Read);

    /// <summary>
    /// The rows with a key greater than <paramref name="after"/> in ordinal order, at most
    /// <paramref name="limit"/>.
    /// </summary>
    public static List<JobRow> List(Session session, string after, int limit) =>
        session.Query(ListJobs).Bind(after).Bind(limit).All(Read);

    /// <summary>Writes the row of a job, with the current <see cref="JournalFormat"/>.</summary>
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
            // Min cannot pass the damaged page. The other tables also name the jobs after it.
        }
    }

    // Each call reads the next column: the order is that of Columns. C# evaluates arguments from
    // left to right.
    private static JobRow Read(Row row) => new(row.Text(), ReadHead(row), ReadCounts(row), row.Time(), row.Time());

    private static Position ReadHead(Row row) => new(row.Integer(), (uint)row.Integer());

    private static JobCounts ReadCounts(Row row) =>
        new(row.Integer(), row.Integer(), row.Integer(), row.Integer(), row.Integer(), row.Integer());
}
