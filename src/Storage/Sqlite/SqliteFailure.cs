using Microsoft.Data.Sqlite;
using OrleansIngest.Grains.Ports;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>SQLite's errors in words that tell what to do.</summary>
internal static class SqliteFailure
{
    /// <summary>What a caller of the journal gets for it.</summary>
    public static JournalException ToJournalException(this Exception e) => e switch
    {
        JournalException already => already,
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } full => new JournalFullException($"The journal cannot do it now: {Describe(full)}", full),
        SqliteException sqlite => new JournalException($"The journal cannot do it now: {Describe(sqlite)}", sqlite),
        _ => new JournalException($"The journal failed: {e.Message}", e),
    };

    /// <summary>One sentence or two.</summary>
    public static string Describe(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => "the disk is full. Free some space.",
        raw.SQLITE_IOERR => $"the disk fails (SQLite error {e.SqliteExtendedErrorCode}). Look at the system's log.",
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN => "its file cannot be opened or written. Give the server's user the right to.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another program holds its file. Stop that one.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "its file is damaged. Restore it from a backup.",
        _ => e.Message,
    };

    /// <summary>Whether only the operation that met it is to blame, and not the database.</summary>
    public static bool IsOfOneOperation(Exception e) => e is not SqliteException { SqliteErrorCode: not raw.SQLITE_CONSTRAINT };
}
