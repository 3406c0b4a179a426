using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The journal, and the list of jobs that it keeps, in SQLite.</summary>
internal sealed class SqliteJournal(SqliteWriter writer, SqliteReaders readers) : IJournal, IJobIndex
{
    private const string PutEvent = "INSERT INTO journal (job, seq, event, private) VALUES ($job, $seq, $event, $private)";

    private const string ReadEvents =
        "SELECT seq, event, private FROM journal WHERE job = $job AND seq > $after ORDER BY seq LIMIT $limit";

    /// <inheritdoc/>
    public Task<JobSnapshot> Load(string job, CancellationToken cancellation = default) =>
        readers.Read(session => Load(session, job, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<bool> Append(JournalAppend append)
    {
        Check(append);
        return writer.Write(session => Append(session, append));
    }

    /// <inheritdoc/>
    public Task<long> Head(string job, CancellationToken cancellation = default) =>
        readers.Read(session => JobTable.Head(session, job), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalRow>> Read(string job, long after, int limit, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<JournalRow>>(
            session => session.Query(ReadEvents).Bind(job).Bind(after).Bind(limit).All(ReadEvent, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobRow>> List(string after, int limit, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<JobRow>>(session => JobTable.List(session, after, limit), cancellation);

    private static JobSnapshot Load(Session session, string job, CancellationToken cancellation) =>
        JobTable.Head(session, job) == 0
            ? new JobSnapshot(null, [], [])
            : new JobSnapshot(
                JobTable.Find(session, job), MediaTable.List(session, job, cancellation), UploadTable.OfJob(session, job));

    /// <summary>The head is read and moved in one write transaction, of which there is one at a time: that is the fence.</summary>
    private static bool Append(Session session, JournalAppend append)
    {
        if (JobTable.Head(session, append.Job) != append.ExpectedSeq)
            return false;
        foreach (var row in append.Rows)
            session.Query(PutEvent).Bind(append.Job).Bind(row.Event.Seq).Bind(row.Event.Bytes.Span).Bind(row.Private.Span).Run();
        foreach (var media in append.Media)
            MediaTable.Put(session, append.Job, media);
        UpdateUploads(session, append);
        foreach (var item in append.Work)
            WorkTable.Add(session, item);
        JobTable.Put(session, append.JobRow);
        return true;
    }

    private static void UpdateUploads(Session session, JournalAppend append)
    {
        foreach (var upload in append.Opened)
            UploadTable.Put(session, upload);
        foreach (var media in append.Closed)
            UploadTable.Remove(session, append.Job, media);
    }

    private static JournalRow ReadEvent(Row row) => new(new EncodedEvent(row.Integer(), row.Blob()), row.Blob());

    /// <summary>A gap in a job's history could never be mended, so an append that would make one is not even tried.</summary>
    private static void Check(JournalAppend append)
    {
        var expected = append.ExpectedSeq;
        if (append.Rows.Count == 0 || append.Rows.Any(row => row.Event.Seq != ++expected))
            throw new ArgumentException($"The events of job {append.Job} do not follow {append.ExpectedSeq}.", nameof(append));
        if (append.JobRow.Job != append.Job || append.JobRow.Head != expected)
            throw new ArgumentException($"The row of job {append.Job} does not say {expected}.", nameof(append));
    }
}
