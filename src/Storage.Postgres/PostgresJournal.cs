using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>The journal and the list of jobs in PostgreSQL.</summary>
internal sealed class PostgresJournal(PostgresWriter writer, PostgresDatabase database, ILogger log)
    : IJournal, IJobIndex
{
    private readonly ConcurrentDictionary<(string Job, long Seq), bool> _loggedDamage = new();

    /// <inheritdoc/>
    public Task<JobSnapshot> Load(string job, CancellationToken cancellation = default) => database.ReadDurable(
        Load,
        cancellation,
        JobTable.Find(job), MediaTable.List(job), UploadTable.OfJob(job), DerivedTable.List(job));

    /// <inheritdoc/>
    public Task<AppendOutcome> Append(JournalAppend append)
    {
        Check(append);
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
        return Intact(job, after, events);
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

    /// <summary>
    /// The rows before the first row that is damaged or missing. Throws only if there are none, so
    /// a reader gets all rows before the damage first, and the exception with its next read.
    /// </summary>
    private List<JournalRow> Intact(string job, long after, List<StoredEvent> events)
    {
        var expected = after;
        var intact = events.TakeWhile(e => e.IsIntact && e.Seq == ++expected).Select(e => e.Row).ToList();
        return intact.Count > 0 || events.Count == 0 ? intact : throw Damaged(job, after + 1);
    }

    private JournalDamagedException Damaged(string job, long seq)
    {
        if (_loggedDamage.TryAdd((job, seq), true)) // once: watchers repeat the read
        {
            log.LogError(
                "Event {Seq} of job {Job} is damaged: restore a backup of PostgreSQL, or promote a standby", seq, job);
        }
        return new JournalDamagedException(job, seq);
    }

    /// <summary>
    /// Checks that an append leaves no gap in the history of the job, as a gap could not be
    /// repaired.
    /// </summary>
    /// <exception cref="ArgumentException">The append would leave a gap.</exception>
    private static void Check(JournalAppend append)
    {
        var expected = append.ExpectedSeq;
        if (append.Rows.Count == 0 || append.Rows.Any(row => row.Event.Seq != ++expected))
        {
            throw new ArgumentException(
                $"The events of job {append.Job} do not follow {append.ExpectedSeq}.", nameof(append));
        }
        if (append.JobRow.Job != append.Job || append.JobRow.Head != append.Rows[^1].Event.At)
            throw new ArgumentException($"The row of job {append.Job} does not say {expected}.", nameof(append));
    }
}
