using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>A few connections to read with, beside the writer: none waits for another, and each read sees one moment.</summary>
internal sealed class SqliteReaders(SqliteDatabase database) : IDisposable
{
    private const int MaxConnections = 4;

    private readonly SemaphoreSlim _free = new(MaxConnections);
    private readonly ConcurrentBag<Session> _idle = [];
    private volatile bool _closed;

    /// <summary>Reads in one transaction, on the thread pool.</summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
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

    /// <summary>Waits for reads that run, refuses later ones, and closes the connections.</summary>
    public void Dispose()
    {
        _closed = true;
        for (var i = 0; i < MaxConnections; i++)
            _free.Wait();
        while (_idle.TryTake(out var session))
            session.Dispose();
        _free.Release(MaxConnections);
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
