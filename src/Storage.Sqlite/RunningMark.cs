using Microsoft.Data.Sqlite;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// A row that exists while a server uses the database. A server that finds it at its start knows
/// that the previous one did not close the database. The row is moved from the write-ahead log into
/// the database file before anything is acknowledged. So if the file has the row and there is no
/// log, the log was lost, and with it the last acknowledged writes.
/// </summary>
internal static class RunningMark
{
    /// <summary>The SQL that removes the row.</summary>
    public const string Remove = "DELETE FROM running";

    /// <summary>Adds the row, and moves it into the database file.</summary>
    public static void Set(Session session)
    {
        session.Query("INSERT OR IGNORE INTO running (id) VALUES (1)").Run();
        session.Query("PRAGMA wal_checkpoint(PASSIVE)").Run();
    }

    /// <summary>Whether the row exists.</summary>
    public static bool IsSet(Session session) =>
        session.Query("SELECT EXISTS (SELECT 1 FROM running)").One(row => row.Flag());

    /// <summary>Removes the row before the connection is closed.</summary>
    public static void Clear(Session session)
    {
        try
        {
            session.Query(Remove).Run();
        }
        catch (SqliteException)
        {
            // Closing would move the log into the file and remove the log. The file would then have
            // the row and no log, and the next check would report a lost log.
            session.LeaveLog();
        }
    }
}
