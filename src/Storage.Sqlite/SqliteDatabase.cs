using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The database file. Creates it if it does not exist, and opens connections to it.
/// </summary>
internal sealed class SqliteDatabase
{
    // The time-out is for locks of other programs that read the file. The server's own connections
    // never wait for each other: there is one writer, and in WAL mode readers do not block it.
    private const string Settings = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;";
    private const string ReadSettings = $"{Settings} PRAGMA query_only = ON;";

    // cache_size (negative: KiB): the pages of a full group of writes must fit, or SQLite writes
    // them twice.
    // wal_autocheckpoint (pages): a checkpoint for every 16 MiB of log, rarely enough to save
    // writes and often enough to keep each pause short.
    // journal_size_limit (bytes): SQLite truncates a log that grew beyond 64 MiB.
    private const string WriteSettings =
        $"{Settings} PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096;"
        + " PRAGMA journal_size_limit = 67108864;";

    private readonly string _path;
    private readonly string _writeSettings;

    /// <summary>
    /// Configures SQLite for connections that are never used by two threads at the same time, so
    /// that it does not lock a mutex for every call.
    /// </summary>
    static SqliteDatabase()
    {
        Batteries_V2.Init();
        // Fails, without harm, if SQLite was used before in this process.
        raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
    }

    /// <summary>Opens the database of a folder, and creates it if it does not exist.</summary>
    /// <exception cref="StorageException">
    /// The database cannot be used; the message says why.
    /// </exception>
    public SqliteDatabase(string folder, Durability durability)
    {
        _path = SqliteStorage.PathIn(DataFolder.Create(folder));
        // FULL syncs the log at each commit, NORMAL only at checkpoints.
        var synchronous = durability == Durability.Disk ? "FULL" : "NORMAL";
        _writeSettings = $"{WriteSettings} PRAGMA synchronous = {synchronous};";
        SqliteFailure.Guard(_path, Prepare);
    }

    /// <summary>Opens the connection for writing, and sets the <see cref="RunningMark"/>.</summary>
    /// <exception cref="StorageException">The database cannot be used.</exception>
    public Session OpenToWrite() => SqliteFailure.Guard(_path, () =>
    {
        var session = new Session(Connect(_writeSettings));
        RunningMark.Set(session);
        return session;
    });

    /// <summary>Opens a read-only connection.</summary>
    /// <exception cref="SqliteException">The database cannot be opened.</exception>
    public Session OpenToRead() => new(Connect(ReadSettings));

    /// <summary>
    /// Creates the file and its tables if they do not exist. Closing the only connection then moves
    /// the log into the file, so that the file stands alone.
    /// </summary>
    private bool Prepare()
    {
        // Does not open an existing file: POSIX releases all locks of a process on a file when the
        // process closes any descriptor of it, and SQLite's locks are such locks.
        DataFile.MakeIfMissing(_path);
        using var connection = Connect(_writeSettings);
        SchemaVersion.Create(connection);
        connection.Execute(RunningMark.Remove);
        FileSync.Folder(Path.GetDirectoryName(_path)!);
        return true;
    }

    private SqliteConnection Connect(string settings)
    {
        var builder = new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false };
        var connection = new SqliteConnection(builder.ConnectionString);
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
