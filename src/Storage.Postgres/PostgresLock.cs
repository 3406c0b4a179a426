using Npgsql;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// The lock of a schema: one server uses it at a time. PostgreSQL releases it when the connection
/// ends, so a killed server leaves no lock behind. Not thread-safe.
/// </summary>
public sealed class PostgresLock(PostgresStorageOptions options) : IDisposable
{
    // Two keys, because migrations take a lock with one. A standby has locks of its own.
    private const string Lock = """
        SELECT NOT pg_is_in_recovery() AND pg_try_advisory_lock(hashtext('OrleansIngest server'), hashtext($1))
        """;

    // The lock is looked at each second. If that does not reach PostgreSQL, the lock ends.
    private const string IdleTimeout = "SET idle_session_timeout = '15s'";

    private NpgsqlConnection? _connection;

    /// <summary>Takes the lock, or makes sure that this server still has it.</summary>
    /// <returns>False if another server has it.</returns>
    /// <exception cref="StorageException">PostgreSQL cannot be reached.</exception>
    public bool TryHold()
    {
        try
        {
            // A connection that still answers has kept its lock.
            return PostgresFailure.Guard(() => _connection is null ? TryTake() : Execute("SELECT true"));
        }
        catch (StorageException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private bool TryTake()
    {
        _connection = new NpgsqlConnection($"{PostgresConnections.ForOrleans(options)};Pooling=false");
        _connection.Open();
        Execute(IdleTimeout);
        if (Execute(Lock, options.Schema))
            return true;
        Dispose();
        return false;
    }

    private bool Execute(string sql, params string[] values)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        return command.ExecuteScalar() is true;
    }
}
