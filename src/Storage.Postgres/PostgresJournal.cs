using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>The journal and the list of jobs in PostgreSQL.</summary>
internal sealed class PostgresJournal(PostgresWriter writer, PostgresDatabase database, ILogger log)
    : IJournal, IJobIndex
{
    private readonly JournalRows _rows = new(log, "restore a backup of PostgreSQL, or promote a standby");

    /// <inheritdoc/>
    public Task<JobSnapshot> Load(string job, CancellationToken cancellation = default) => database.ReadDurable(
        Load,
        cancellation,
        JobTable.Find(job), MediaTable.List(job), UploadTable.OfJob(job), DerivedTable.List(job));

    /// <inheritdoc/>
    public Task<AppendOutcome> Append(JournalAppend append)
    {
        JournalRows.Check(append);
        return writer.Append(append);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JournalRow>> Read(
        string job, long after, int limit, CancellationToken cancellation = default)
    {
        var events = await database.Read(
            results => results.All(row => JournalTable.Read(job, row)),
            cancellation,
            JournalTable.List(job, after, limit));
        return _rows.Intact(job, after, events);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobRow>> List(string after, int limit, CancellationToken cancellation = default) =>
        await database.Read(results => results.All(JobTable.Read), cancellation, JobTable.List(after, limit));

    private static async Task<JobSnapshot> Load(Results results)
    {
        var row = await results.One(JobTable.ReadFound);
        var media = await results.All(MediaTable.Read);
        media.Sort((a, b) => a.FirstSeq.CompareTo(b.FirstSeq));
        var uploads = await results.All(UploadTable.Read);
        var derived = await results.All(DerivedTable.Read);
        return row is null ? new JobSnapshot(null, [], [], []) : new JobSnapshot(row, media, uploads, derived);
    }
}
