using System.Threading.Channels;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The only writer of the database. Its thread takes all queued operations and commits them as one
/// transaction, so that many callers share one sync of the disk (group commit). Operations that
/// arrive during a commit form the next group.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxQueued = 8192; // further callers wait until the queue has room
    private const int MaxGroup = 512;

    private readonly Channel<WriteOperation> _queue = Channel.CreateBounded<WriteOperation>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly Session _session;
    private readonly Thread _thread;

    /// <summary>Opens the connection and starts the thread.</summary>
    /// <exception cref="StorageException">The database cannot be opened.</exception>
    public SqliteWriter(SqliteDatabase database)
    {
        _session = database.OpenToWrite();
        _thread = new Thread(Work) { Name = "SQLite writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>
    /// Runs work in the next transaction. The task completes when the transaction is as durable as
    /// the deployment promises. The work may run more than once, so it must have no effects outside
    /// the database.
    /// </summary>
    /// <exception cref="JournalException">
    /// The work is not committed, or the outcome of the commit is unknown.
    /// </exception>
    public Task<T> Write<T>(Func<Session, T> work)
    {
        var operation = new WriteOperation<T>(work);
        JournalMetrics.Waiting.Add(1);
        return _queue.Writer.TryWrite(operation) ? operation.Task : WriteWhenThereIsRoom(operation);
    }

    /// <summary>
    /// Commits the queued operations, refuses later ones, and closes the connection.
    /// </summary>
    public void Dispose()
    {
        if (!_queue.Writer.TryComplete())
            return; // disposed before
        _thread.Join();
        RunningMark.Clear(_session);
        _session.Dispose();
    }

    private async Task<T> WriteWhenThereIsRoom<T>(WriteOperation<T> operation)
    {
        try
        {
            await _queue.Writer.WriteAsync(operation);
        }
        catch (ChannelClosedException e)
        {
            throw new JournalException("The journal is closed: the server is stopping.", e);
        }
        return await operation.Task;
    }

    private void Work()
    {
        var group = new List<WriteOperation>(MaxGroup);
        // The loop blocks its own thread: SQLite's calls are synchronous.
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (group.Count < MaxGroup && _queue.Reader.TryRead(out var operation))
                group.Add(operation);
            Commit(group);
            JournalMetrics.Waiting.Add(-group.Count);
            group.Clear();
        }
    }

    private void Commit(List<WriteOperation> group)
    {
        var step = JournalMetrics.Commit(group.Count);
        try
        {
            if (!TryCommit(group))
                CommitWithSavepoints(group);
            step.Dispose();
            group.ForEach(operation => operation.Succeed());
        }
        catch (Exception e)
        {
            step.End(Telemetry.ErrorType, JournalMetrics.ErrorType(e.ToJournalException()));
            group.ForEach(operation => operation.Fail(e));
        }
    }

    /// <summary>
    /// Commits a group without savepoints, which is faster and almost always succeeds.
    /// </summary>
    /// <returns>
    /// False if an operation failed and the database did not: the transaction was rolled back.
    /// </returns>
    private bool TryCommit(List<WriteOperation> group)
    {
        try
        {
            return _session.Transact("BEGIN IMMEDIATE", session =>
            {
                group.ForEach(operation => operation.Run(session));
                return true;
            });
        }
        catch (Exception e) when (SqliteFailure.IsOfOneOperation(e))
        {
            return false;
        }
    }

    /// <summary>
    /// Commits a group with a savepoint for each operation. An operation that fails is rolled back
    /// alone, and only its caller gets the exception.
    /// </summary>
    private void CommitWithSavepoints(List<WriteOperation> group) =>
        _session.Transact("BEGIN IMMEDIATE", session =>
        {
            group.ForEach(operation => RunInSavepoint(operation, session));
            return true;
        });

    private static void RunInSavepoint(WriteOperation operation, Session session)
    {
        session.Query("SAVEPOINT operation").Run();
        try
        {
            operation.Run(session);
        }
        catch (Exception e) when (SqliteFailure.IsOfOneOperation(e))
        {
            session.Query("ROLLBACK TO operation").Run();
            operation.Fail(e);
        }
        session.Query("RELEASE operation").Run();
    }
}
