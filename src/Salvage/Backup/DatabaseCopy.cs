using Microsoft.Data.Sqlite;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Salvage.Backup;

/// <summary>
/// Copies a SQLite file while other processes work with it. SQLite's online backup copies it in one
/// step: the copy shows one moment, with what is in the log, and no process waits.
/// <c>VACUUM INTO</c> would do the same, but read and write every row.
/// </summary>
internal static class DatabaseCopy
{
    /// <summary>
    /// The endings of a copy's name, and of the files that SQLite may put beside it.
    /// </summary>
    public static readonly string[] Endings = ["", "-wal", "-shm", "-journal"];

    /// <summary>Makes a copy that only this user may read, with no other file beside it.</summary>
    /// <param name="database">The file.</param>
    /// <param name="copy">The path of the copy. A file that is there is removed.</param>
    /// <param name="afterwards">SQL to run in the copy.</param>
    /// <exception cref="StorageException">The copy cannot be made.</exception>
    public static void Make(string database, string copy, string? afterwards = null) => SqliteFailure.Guard(copy, () =>
    {
        Remove(copy);
        DataFolder.Open(copy, FileShare.ReadWrite).Dispose();
        using var from = Connect(database, SqliteOpenMode.ReadOnly);
        using var to = Connect(copy, SqliteOpenMode.ReadWrite);
        from.BackupDatabase(to);
        if (afterwards is not null)
            to.Execute(afterwards);
        return true;
    });

    /// <summary>Removes a copy and the files that SQLite has put beside it.</summary>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    public static void Remove(string copy)
    {
        foreach (var ending in Endings)
            File.Delete(copy + ending);
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false };
        var connection = new SqliteConnection(settings.ConnectionString);
        connection.Open();
        connection.Execute("PRAGMA busy_timeout = 5000");
        return connection;
    }
}
