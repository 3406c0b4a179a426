using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// A pool of read-only connections. Each read sees a snapshot of the database, and neither waits
/// for the writer nor blocks it.
/// </summary>
internal sealed class SqliteReaders(SqliteDatabase database) : IDisposable
{
    private const int MaxConnections = 4;

    private readonly SemaphoreSlim _free = new(MaxConnections);
    private readonly ConcurrentBag<Session> _idle = [];
    private volatile bool _closed;

    /// <summary>
    /// Runs work in one read transaction, on a thread of the pool because SQLite's calls block.
    /// </summary>
    /// <exception cref="JournalException">The database cannot be read, or it is closed.</exception>
    public async Task<T> Read<T>(Func<Session, T> work, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => ReadNow(work), cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw e.ToJournalException();
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>
    /// Refuses new reads, waits for the current ones, and closes the connections.
    /// </summary>
    public void Dispose()
    {
        _closed = true;
        for (var i = 0; i < MaxConnections; i++)
            _free.Wait();
        while (_idle.TryTake(out var session))
            session.Dispose();
        _free.Release(MaxConnections); // callers that wait get their exception
    }

    private T ReadNow<T>(Func<Session, T> work)
    {
        if (_closed)
            throw new JournalException("The journal is closed: the server is stopping.");
        if (!_idle.TryTake(out var session))
            session = database.OpenToRead();
        try
        {
            return session.Transact("BEGIN", work);
        }
        finally
        {
            _idle.Add(session);
        }
    }
}
