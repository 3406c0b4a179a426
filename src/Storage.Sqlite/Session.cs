using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>A connection with its prepared statements. For one user at a time.</summary>
internal sealed class Session(SqliteConnection connection) : IDisposable
{
    // Every statement's SQL is one constant, so its reference is enough to know it by.
    private readonly Dictionary<string, Statement> _statements = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a transaction is open. SQLite ends one by itself after some errors.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>The statement for this SQL, which must be a constant.</summary>
    /// <exception cref="SqliteException">It cannot be prepared.</exception>
    public Statement Query(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new Statement(connection.Handle!, sql);
        return statement;
    }

    /// <summary>Does something in a transaction: all of it or, if it throws, nothing.</summary>
    /// <param name="begin">How the transaction begins: it says what it may do.</param>
    /// <param name="work">What to do.</param>
    /// <exception cref="SqliteException">It failed.</exception>
    public T Transact<T>(string begin, Func<Session, T> work)
    {
        Query(begin).Run();
        try
        {
            var result = work(this);
            Query("COMMIT").Run();
            return result;
        }
        catch when (InTransaction)
        {
            Query("ROLLBACK").Run();
            throw;
        }
    }

    /// <inheritdoc cref="SqliteCommands.LeaveLog"/>
    public void LeaveLog() => connection.LeaveLog();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        connection.Dispose();
    }
}
