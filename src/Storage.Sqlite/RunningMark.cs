using Microsoft.Data.Sqlite;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// A row that is there while a server works with the file: whoever finds it comes after one that did not close it. It is
/// moved from the log into the file before anything is acknowledged. So a file that has it and has no log has lost its log,
/// and with it what was acknowledged last.
/// </summary>
internal static class RunningMark
{
    /// <summary>Takes it away.</summary>
    public const string Remove = "DELETE FROM running";

    public static void Set(Session session)
    {
        session.Query("INSERT OR IGNORE INTO running (id) VALUES (1)").Run();
        session.Query("PRAGMA wal_checkpoint(PASSIVE)").Run();
    }

    public static bool IsSet(Session session) => session.Query("SELECT EXISTS (SELECT 1 FROM running)").One(row => row.Flag());

    public static void Clear(Session session)
    {
        try
        {
            session.Query(Remove).Run();
        }
        catch (SqliteException)
        {
            session.LeaveLog(); // or the file would say that it is in use, and have no log
        }
    }
}
