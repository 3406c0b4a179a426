using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The journal and the list of jobs in SQLite.</summary>
internal sealed class SqliteJournal(SqliteWriter writer, SqliteReaders readers, ILogger log) : IJournal, IJobIndex
{
    private readonly ConcurrentDictionary<(string Job, long Seq), bool> _loggedDamage = new();

    /// <inheritdoc/>
    public Task<JobSnapshot> Load(string job, CancellationToken cancellation = default) =>
        readers.Read(session => Load(session, job, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<AppendOutcome> Append(JournalAppend append)
    {
        Check(append);
        return writer.Write(session => Append(session, append));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalRow>> Read(
        string job, long after, int limit, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<JournalRow>>(
            session => Intact(job, after, JournalTable.Read(session, job, after, limit, cancellation)), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobRow>> List(string after, int limit, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<JobRow>>(session => JobTable.List(session, after, limit), cancellation);

    private static JobSnapshot Load(Session session, string job, CancellationToken cancellation)
    {
        if (JobTable.Head(session, job) == 0)
            return new JobSnapshot(null, [], [], []);
        var row = JobTable.Find(session, job);
        var media = MediaTable.List(session, job, cancellation);
        var uploads = UploadTable.OfJob(session, job).Where(upload => !upload.IsPartial);
        return new JobSnapshot(row, media, [.. uploads], DerivedTable.List(session, job, cancellation));
    }

    /// <summary>
    /// Appends in a write transaction. It compares the head of the job with the expected seq and
    /// moves the head. Because write transactions run one after another, of two concurrent appends
    /// only the first succeeds.
    /// </summary>
    private static AppendOutcome Append(Session session, JournalAppend append)
    {
        if (JobTable.Head(session, append.Job) != append.ExpectedSeq)
            return AppendOutcome.Conflict;
        if (append.Fences.Count > 0 && Stale(session, append.Fences) is { Count: > 0 } stale)
            return new AppendOutcome(IsStored: false, stale);
        foreach (var row in append.Rows)
            JournalTable.Put(session, append.Job, row);
        foreach (var media in append.Media)
            Put(session, append.Job, media);
        foreach (var row in append.Derived)
            DerivedTable.Put(session, append.Job, row);
        UpdateUploads(session, append);
        foreach (var item in append.Work)
            WorkTable.Add(session, item);
        JobTable.Put(session, append.JobRow);
        return AppendOutcome.Stored;
    }

    private static List<UploadFence> Stale(Session session, IReadOnlyList<UploadFence> fences) =>
        [.. fences.Where(fence => !UploadTable.Has(session, fence))];

    private static void Put(Session session, string job, Media media)
    {
        MediaTable.Put(session, job, media);
        PartTable.Put(session, media);
    }

    private static void UpdateUploads(Session session, JournalAppend append)
    {
        foreach (var upload in append.Opened)
            UploadTable.Put(session, upload);
        foreach (var media in append.Closed)
            UploadTable.Remove(session, append.Job, media);
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
            log.LogError("Event {Seq} of job {Job} is damaged: docs/salvage.md says what to do", seq, job);
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
