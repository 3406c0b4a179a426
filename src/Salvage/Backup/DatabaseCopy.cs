using Microsoft.Data.Sqlite;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Salvage.Backup;

/// <summary>
/// Copies a SQLite file while others work with it, with SQLite's online backup in one step: the pages of one moment,
/// its log included, and nobody waits. <c>VACUUM INTO</c> would do as well, and read and write every row anew.
/// </summary>
internal static class DatabaseCopy
{
    /// <summary>What the names of a copy and of the files that SQLite puts beside it end with.</summary>
    public static readonly string[] Endings = ["", "-wal", "-shm", "-journal"];

    /// <summary>Makes the copy, for this user alone, with nothing beside it.</summary>
    /// <param name="database">The file.</param>
    /// <param name="copy">Where the copy is made; what is there is removed.</param>
    /// <param name="afterwards">SQL for the copy.</param>
    /// <exception cref="StorageException">It cannot be made.</exception>
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

    /// <summary>Removes a copy, and what SQLite has put beside it.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
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
