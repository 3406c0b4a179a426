using System.Net.Sockets;
using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// Translates PostgreSQL's errors to exceptions whose messages tell an operator what to do.
/// </summary>
internal static class PostgresFailure
{
    /// <summary>The exception of the journal's port for an error.</summary>
    public static JournalException ToJournalException(this Exception e) => e switch
    {
        JournalException already => already,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
            new JournalFullException($"The journal cannot do it now: {Describe(e)}", e),
        NpgsqlException or TimeoutException or SocketException or IOException =>
            new JournalException($"The journal cannot do it now: {Describe(e)}", e),
        FormatException => new DamagedRowException("A row of the journal's tables is damaged.", e),
        ObjectDisposedException => new JournalException("The journal is closed: the server is stopping.", e),
        _ => new JournalException($"The journal failed: {e.Message}", e),
    };

    /// <summary>Runs work outside of the journal's port.</summary>
    /// <exception cref="StorageException">
    /// The database cannot be used; the message says why.
    /// </exception>
    public static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or SocketException or IOException)
        {
            throw new StorageUnavailableException($"PostgreSQL cannot be used: {Describe(e)}", e);
        }
    }

    /// <summary>
    /// Whether PostgreSQL rolled a transaction back because of another one, so that it can be
    /// repeated at once.
    /// </summary>
    public static bool IsRetryable(Exception e) => e is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
    };

    /// <summary>
    /// Whether an error concerns only one of the appends of its transaction, so that the others can
    /// be committed: a violated constraint, a value that PostgreSQL refuses, a row that somebody
    /// has locked, a damaged page, or an exception of the server's code.
    /// </summary>
    public static bool IsOfOneAppend(Exception e) => e switch
    {
        PostgresException { SqlState: ['2', '1' or '2' or '3', ..] or ['X', 'X', ..] } => true,
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => true,
        NpgsqlException or TimeoutException or SocketException or IOException or JournalException => false,
        _ => true,
    };

    /// <summary>
    /// Whether the server cannot write now and never will on this connection: it is a standby, or
    /// has become one.
    /// </summary>
    public static bool IsStandby(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    private static string Describe(Exception e) => e switch
    {
        PostgresException postgres => Describe(postgres),
        { InnerException: TimeoutException } or TimeoutException =>
            "PostgreSQL did not answer in time. Look at its load, its locks and its standbys.",
        _ =>
            $"PostgreSQL cannot be reached ({e.GetBaseException().Message}). Start the primary, or look at the"
                + " network.",
    };

    private static string Describe(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.DiskFull => "the disk of PostgreSQL is full. Free some space there.",
        PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.ConfigurationLimitExceeded =>
            "PostgreSQL has too many connections. Raise its max_connections, or lower the pools of the servers.",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
            "PostgreSQL is starting or stopping. It is used again when it has started.",
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            "PostgreSQL is a standby. Promote it, or name the primary in the connection string.",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"PostgreSQL refuses the user ({e.MessageText}). Look at the connection string and at pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName => $"{e.MessageText}. Create the database.",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"{e.MessageText}. The user must own the schema, or may create it in the database.",
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected =>
            "another transaction holds the rows. If this stays, look at pg_locks and at the standbys.",
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted =>
            $"PostgreSQL's files are damaged ({e.MessageText}). Restore a backup, or promote a standby.",
        _ => $"{e.MessageText} ({e.SqlState}).",
    };
}
