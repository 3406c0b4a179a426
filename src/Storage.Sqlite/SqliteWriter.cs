using System.Threading.Channels;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The one writer. A thread of its own takes all that waits and commits it as one transaction, so that many callers
/// share one wait for the disk; those who come during a commit form the next group.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxWaiting = 8192; // beyond it callers wait for room
    private const int MaxGroup = 512;

    private readonly Channel<WriteOperation> _waiting = Channel.CreateBounded<WriteOperation>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Session _session;
    private readonly Thread _thread;

    public SqliteWriter(SqliteDatabase database)
    {
        _session = database.OpenToWrite();
        _thread = new Thread(Work) { Name = "SQLite writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Does something in the next transaction; when the task ends, it is as durable as the deployment promises.</summary>
    /// <exception cref="JournalException">It is not stored, or nobody knows.</exception>
    public Task<T> Write<T>(Func<Session, T> work)
    {
        var operation = new WriteOperation<T>(work);
        JournalMetrics.Waiting.Add(1);
        return _waiting.Writer.TryWrite(operation) ? operation.Task : WriteWhenThereIsRoom(operation);
    }

    /// <summary>Commits what waits, refuses what comes later, and closes the connection.</summary>
    public void Dispose()
    {
        if (!_waiting.Writer.TryComplete())
            return; // it is closed already
        _thread.Join();
        RunningMark.Clear(_session);
        _session.Dispose();
    }

    private async Task<T> WriteWhenThereIsRoom<T>(WriteOperation<T> operation)
    {
        try
        {
            await _waiting.Writer.WriteAsync(operation);
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
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (group.Count < MaxGroup && _waiting.Reader.TryRead(out var operation))
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
            step.End(Telemetry.ErrorType, JournalMetrics.Word(e));
            group.ForEach(operation => operation.Fail(e));
        }
    }

    /// <summary>The usual way.</summary>
    /// <returns>False if one operation failed by its own fault; then nothing is stored.</returns>
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

    /// <summary>The way for a group of which an operation fails by its own fault: it alone is undone and told.</summary>
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
