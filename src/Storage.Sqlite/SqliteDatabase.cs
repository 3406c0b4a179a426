using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The database file: made when it is opened first, then connected to.</summary>
internal sealed class SqliteDatabase
{
    // The time-out is for other programs that look into the file; among ourselves nobody waits for a lock.
    private const string Settings = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;";
    private const string ReadSettings = $"{Settings} PRAGMA query_only = ON;";

    // A full group's pages fit into the cache (KiB), or they would be written twice. The log is moved into the file every
    // 16 MiB (pages): rarely enough to save writes, often enough that nobody notices the pause.
    private const string WriteSettings =
        $"{Settings} PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864;";

    private readonly string _path;
    private readonly string _writeSettings;

    /// <summary>No connection is ever used by two threads at once, so SQLite need not lock each for every call.</summary>
    static SqliteDatabase()
    {
        Batteries_V2.Init();
        raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD); // refused, and no harm done, if SQLite has been used already
    }

    /// <summary>Opens the database of a folder, making it if there is none.</summary>
    /// <exception cref="StorageException">It cannot be used; the message says why.</exception>
    public SqliteDatabase(string folder, Durability durability)
    {
        _path = SqliteStorage.PathIn(DataFolder.Create(folder));
        _writeSettings = WriteSettings + (durability == Durability.Disk ? " PRAGMA synchronous = FULL;" : " PRAGMA synchronous = NORMAL;");
        SqliteFailure.Guard(_path, Prepare);
    }

    /// <summary>A connection that may write. From now on the file says that it is in use.</summary>
    /// <exception cref="StorageException">It failed.</exception>
    public Session OpenToWrite() => SqliteFailure.Guard(_path, () =>
    {
        var session = new Session(Connect(_writeSettings));
        RunningMark.Set(session);
        return session;
    });

    /// <summary>A connection that cannot write.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public Session OpenToRead() => new(Connect(ReadSettings));

    /// <summary>Leaves one file, with its tables and closed, with nothing beside it.</summary>
    private bool Prepare()
    {
        DataFile.MakeIfMissing(_path); // never opened when it is there: closing it would end this process's locks on it
        using var connection = Connect(_writeSettings);
        SchemaVersion.Create(connection);
        connection.Execute(RunningMark.Remove);
        FileSync.Folder(Path.GetDirectoryName(_path)!);
        return true;
    }

    private SqliteConnection Connect(string settings)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ConnectionString);
        try
        {
            connection.Open();
            connection.Execute(settings);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
