using Microsoft.Data.Sqlite;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Salvage.Checks;

/// <summary>
/// Opens a database for reading and leaves every file in its folder as it is, byte for byte: no
/// recovery, no shared memory, no checkpoint, not even an empty log. It reads what a server would
/// read that opens the database. No other process may have it open.
/// </summary>
internal static class UntouchedDatabase
{
    /// <summary>
    /// Opens a database. A process that is killed while it makes the database leaves one without
    /// tables; an empty database is opened instead of it.
    /// </summary>
    /// <exception cref="SqliteException">The database cannot be read.</exception>
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

    /// <summary>Opens a database without looking at its version.</summary>
    /// <exception cref="SqliteException">The database cannot be opened.</exception>
    public static SqliteConnection Connect(string path)
    {
        // Without a log, SQLite would create one, unless it is told that nothing changes the file.
        // With a log, it needs neither shared memory nor locks once it assumes that no other
        // process uses the file.
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

    /// <summary>
    /// Creates an empty database in a temporary file, which SQLite removes by itself.
    /// </summary>
    public static SqliteConnection Temporary()
    {
        var connection = new SqliteConnection("Data Source=;Pooling=False");
        connection.Open();
        SchemaVersion.Create(connection);
        return connection;
    }
}
