using Microsoft.Data.Sqlite;
using OrleansIngest.Grains.Ports;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// Translates SQLite's errors to exceptions whose messages tell an operator what to do.
/// </summary>
internal static class SqliteFailure
{
    /// <summary>The exception of the journal's port for an error.</summary>
    public static JournalException ToJournalException(this Exception e) => e switch
    {
        JournalException already => already,
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } full =>
            new JournalFullException($"The journal cannot do it now: {Describe(full)}", full),
        SqliteException sqlite =>
            new JournalException($"The journal cannot do it now: {Describe(sqlite)}", sqlite),
        FormatException =>
            new DamagedRowException("A row of the journal's tables is damaged: see docs/salvage.md.", e),
        _ => new JournalException($"The journal failed: {e.Message}", e),
    };

    /// <summary>Runs work that opens or reads a database outside of the journal's port.</summary>
    /// <exception cref="StorageException">
    /// The database cannot be used; the message says why.
    /// </exception>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw ToStorageException(e, path);
        }
    }

    /// <summary>Describes an error and the remedy, in the form that follows a colon.</summary>
    public static string Describe(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => "the disk is full. Free some space.",
        raw.SQLITE_IOERR => $"the disk fails (SQLite error {e.SqliteExtendedErrorCode}). Look at the system's log.",
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN =>
            "its file cannot be opened or written. Give the server's user the right to.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another program holds its file. Stop that one.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
            "its file is damaged. Put a backup in its place, or see docs/salvage.md.",
        _ => e.Message,
    };

    /// <summary>
    /// Whether an error concerns only the operation that caused it, so that the other operations of
    /// its transaction can be committed: a violated constraint, or an exception of the server's
    /// code.
    /// </summary>
    public static bool IsOfOneOperation(Exception e) =>
        e is not SqliteException { SqliteErrorCode: not raw.SQLITE_CONSTRAINT };

    private static StorageException ToStorageException(Exception e, string path) => new(e switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_NOTADB } =>
            $"{path} is not a database: move it away, or name another data folder.",
        SqliteException sqlite => $"{path} cannot be used: {Describe(sqlite)}",
        _ => $"{path} cannot be used ({e.Message}): "
            + "give this user the right to write it, or name another data folder.",
    }, e);
}
