using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// A connection and its prepared statements. Only one thread at a time may use it.
/// </summary>
internal sealed class Session(SqliteConnection connection) : IDisposable
{
    // The SQL of each statement is one constant, so comparing references suffices and is faster.
    private readonly Dictionary<string, Statement> _statements = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// Whether a transaction is open. After some errors SQLite rolls the transaction back itself.
    /// </summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>Returns the prepared statement for SQL, which must be a constant.</summary>
    /// <exception cref="SqliteException">The statement cannot be prepared.</exception>
    public Statement Query(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new Statement(connection.Handle!, sql);
        return statement;
    }

    /// <summary>
    /// Runs work in a transaction, and rolls the transaction back if the work throws.
    /// </summary>
    /// <param name="begin">
    /// The statement that begins the transaction: <c>BEGIN</c> to read, <c>BEGIN IMMEDIATE</c> to
    /// write.
    /// </param>
    /// <param name="work">The work.</param>
    /// <exception cref="SqliteException">A statement failed.</exception>
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
