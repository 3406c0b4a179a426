using Microsoft.Data.Sqlite;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Salvage.Checks;

/// <summary>
/// Opens a database to look at it and leaves everything in its folder as it is, byte for byte: no
/// recovery, no shared memory, no checkpoint, not even an empty log. It sees what a server would
/// see that opens it. Nobody else may have it open.
/// </summary>
internal static class UntouchedDatabase
{
    /// <summary>
    /// Opens it; instead of one without tables, as a process leaves it that is killed while it
    /// makes it, an empty one.
    /// </summary>
    /// <exception cref="SqliteException">It cannot be read.</exception>
    /// <exception cref="StorageException">Another version of the server made it.</exception>
    public static Session Open(string path)
    {
        var connection = Connect(path);
        try
        {
            if (SchemaVersion.IsIn(connection))
                return new Session(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        connection.Dispose();
        return new Session(Temporary());
    }

    /// <summary>Opens a database of whatever tables.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteConnection Connect(string path)
    {
        // Without a log, SQLite would make one unless it is told that nothing changes the file; with one, it needs no
        // shared memory for it, and no lock, if it believes to be alone.
        var hasLog = File.Exists(WriteAheadLog.PathOf(path));
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = $"file:{Uri.EscapeDataString(path)}{(hasLog ? "" : "?immutable=1")}",
            Mode = SqliteOpenMode.ReadOnly,
            Vfs = OperatingSystem.IsWindows() ? "win32-none" : "unix-none",
            Pooling = false,
        }.ConnectionString);
        connection.Open();
        connection.LeaveLog();
        connection.Execute("PRAGMA locking_mode = EXCLUSIVE");
        return connection;
    }

    /// <summary>An empty database in a temporary file, which SQLite removes by itself.</summary>
    public static SqliteConnection Temporary()
    {
        var connection = new SqliteConnection("Data Source=;Pooling=False");
        connection.Open();
        SchemaVersion.Create(connection);
        return connection;
    }
}
