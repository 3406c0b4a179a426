using Npgsql;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>The head of a job and the format of its last append.</summary>
internal readonly record struct JobHead(string Job, long Seq, int Format);

/// <summary>
/// The table <c>jobs</c>. A group of appends locks the rows of its jobs first, in the order of
/// their keys, so that two groups never wait for each other.
/// </summary>
internal static class JobTable
{
    private const string Columns = """
        job, head, head_crc, open, stored, duplicates, failed, deleted, stored_bytes, first_event_at, last_event_at
        """;

    private const string FindJob = $"SELECT format, {Columns} FROM jobs WHERE job = $1";
    private const string ListJobs = $"SELECT {Columns} FROM jobs WHERE job > $1 ORDER BY job LIMIT $2";
    private const string LockHeads = "SELECT job, head, format FROM jobs WHERE job = ANY ($1) ORDER BY job FOR UPDATE";

    private const string Appends = """
        unnest(
            $1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[]) AS a (
            job, head, head_crc, open, stored, duplicates, failed, deleted, stored_bytes, first_event_at, last_event_at,
            expected)
        """;

    private const string HasItsFences = $"""
        NOT EXISTS (
            SELECT FROM unnest($15::text[], $16::uuid[], $17::text[], $18::bigint[])
                AS fences (job, media, incoming, generation)
            WHERE fences.job = a.job AND NOT EXISTS (SELECT FROM uploads AS u WHERE {UploadTable.HasFence}))
        """;

    // If another node adds the job at the same time, this waits for it and does nothing.
    private const string AddHeads = $"""
        INSERT INTO jobs ({Columns}, format, appended_in)
        SELECT {Columns}, $13, $14 FROM {Appends}
        WHERE expected = 0 AND {HasItsFences}
        ORDER BY job COLLATE "C"
        ON CONFLICT (job) DO NOTHING
        RETURNING job
        """;

    private const string MoveHeads = $"""
        UPDATE jobs SET
            head = a.head, head_crc = a.head_crc, open = a.open, stored = a.stored, duplicates = a.duplicates,
            failed = a.failed, deleted = a.deleted, stored_bytes = a.stored_bytes, first_event_at = a.first_event_at,
            last_event_at = a.last_event_at, format = $13, appended_in = $14
        FROM {Appends}
        WHERE jobs.job = a.job AND jobs.head = expected AND expected > 0 AND format <= $13 AND {HasItsFences}
        RETURNING jobs.job
        """;

    /// <summary>The row of a job: see <see cref="ReadFound"/>.</summary>
    public static NpgsqlBatchCommand Find(string job) => new NpgsqlBatchCommand(FindJob).With(job);

    /// <summary>Reads the result of <see cref="Find"/>.</summary>
    /// <exception cref="JournalException">A newer version of the server wrote the job.</exception>
    public static JobRow ReadFound(Row row)
    {
        var format = row.Int();
        var found = Read(row);
        JournalFormat.Check(found.Job, format);
        return found;
    }

    /// <summary>
    /// The rows with a key greater than <paramref name="after"/> in ordinal order, at most
    /// <paramref name="limit"/>.
    /// </summary>
    public static NpgsqlBatchCommand List(string after, int limit) =>
        new NpgsqlBatchCommand(ListJobs).With(after).With(limit);

    /// <summary>Locks the rows of jobs, and returns the heads of those that have one.</summary>
    public static NpgsqlBatchCommand Lock(IReadOnlyCollection<JournalAppend> appends) =>
        new NpgsqlBatchCommand(LockHeads).WithEach(appends, append => append.Job);

    /// <summary>Reads a row of the result of <see cref="Lock"/>.</summary>
    public static JobHead ReadHead(Row row) => new(row.Text(), row.Integer(), row.Int());

    /// <summary>
    /// Adds the rows of those jobs that shall have none and have none, and returns their keys.
    /// </summary>
    public static NpgsqlBatchCommand Add(IReadOnlyCollection<JournalAppend> appends, Guid transaction) =>
        Put(AddHeads, appends, transaction);

    /// <summary>
    /// Changes the rows of those jobs that have the expected head, and returns their keys.
    /// </summary>
    public static NpgsqlBatchCommand Move(IReadOnlyCollection<JournalAppend> appends, Guid transaction) =>
        Put(MoveHeads, appends, transaction);

    // Each call reads the next column: the order is that of Columns. C# evaluates arguments from
    // left to right.
    public static JobRow Read(Row row) => new(row.Text(), ReadPosition(row), ReadCounts(row), row.Time(), row.Time());

    private static Position ReadPosition(Row row) => new(row.Integer(), (uint)row.Integer());

    private static JobCounts ReadCounts(Row row) =>
        new(row.Integer(), row.Integer(), row.Integer(), row.Integer(), row.Integer(), row.Integer());

    private static NpgsqlBatchCommand Put(string sql, IReadOnlyCollection<JournalAppend> appends, Guid transaction) =>
        new NpgsqlBatchCommand(sql)
            .WithEach(appends, a => a.Job).WithEach(appends, a => a.JobRow.Head.Seq)
            .WithEach(appends, a => (long)a.JobRow.Head.Checksum)
            .WithEach(appends, a => a.JobRow.Counts.Open).WithEach(appends, a => a.JobRow.Counts.Stored)
            .WithEach(appends, a => a.JobRow.Counts.Duplicates).WithEach(appends, a => a.JobRow.Counts.Failed)
            .WithEach(appends, a => a.JobRow.Counts.Deleted).WithEach(appends, a => a.JobRow.Counts.StoredBytes)
            .WithEach(appends, a => a.JobRow.FirstEventAt.UtcTicks)
            .WithEach(appends, a => a.JobRow.LastEventAt.UtcTicks)
            .WithEach(appends, a => a.ExpectedSeq)
            .With(JournalFormat.Current).With(transaction)
            .WithFences([.. appends.SelectMany(append => append.Fences)]);
}
