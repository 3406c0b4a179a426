using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The journal and the list of jobs in SQLite.</summary>
internal sealed class SqliteJournal(SqliteWriter writer, SqliteReaders readers, ILogger log) : IJournal, IJobIndex
{
    private readonly JournalRows _rows = new(log, "docs/salvage.md says what to do");

    /// <inheritdoc/>
    public Task<JobSnapshot> Load(string job, CancellationToken cancellation = default) =>
        readers.Read(session => Load(session, job, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<AppendOutcome> Append(JournalAppend append)
    {
        JournalRows.Check(append);
        return writer.Write(session => Append(session, append));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalRow>> Read(
        string job, long after, int limit, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<JournalRow>>(
            session => _rows.Intact(job, after, JournalTable.Read(session, job, after, limit, cancellation)),
            cancellation);

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
}
