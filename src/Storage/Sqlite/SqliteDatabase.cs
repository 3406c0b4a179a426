using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The database file: made and brought up to date when it is opened first, then connected to.</summary>
internal sealed class SqliteDatabase
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "ingest.db";

    // The time-out is for other programs that look into the file; among ourselves nobody waits for a lock.
    private const string Settings = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;";
    private const string ReadSettings = $"{Settings} PRAGMA query_only = ON;";

    // A full group's pages fit into the cache (KiB), or they would be written twice. The log is moved into the file every
    // 16 MiB (pages): rarely enough to save writes, often enough that nobody notices the pause.
    private const string WriteSettings =
        $"{Settings} PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864;";

    private readonly string _path;
    private readonly string _writeSettings;

    /// <summary>Opens the database of a folder, making it if there is none.</summary>
    /// <exception cref="StorageException">It cannot be used; the message says why.</exception>
    public SqliteDatabase(string folder, Durability durability)
    {
        _path = Path.Combine(DataFolder.Create(folder), FileName);
        _writeSettings = WriteSettings + (durability == Durability.Disk ? " PRAGMA synchronous = FULL;" : " PRAGMA synchronous = NORMAL;");
        try
        {
            MakeFile();
            using var connection = Connect(_writeSettings);
            BringUpToDate(connection);
            FileSync.Folder(Path.GetDirectoryName(_path)!);
        }
        catch (SqliteException e)
        {
            throw new StorageException(Describe(e), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{_path} cannot be used ({e.Message}): give this user the right to write it, or name another data folder.", e);
        }
    }

    /// <summary>A connection that may write.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public Session OpenToWrite() => new(Connect(_writeSettings));

    /// <summary>A connection that cannot write.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public Session OpenToRead() => new(Connect(ReadSettings));

    /// <summary>
    /// So that the file, and what SQLite puts beside it, is the owner's alone. Never when it is there: closing it would
    /// end the locks that this process has on it.
    /// </summary>
    private void MakeFile()
    {
        if (!File.Exists(_path))
            DataFolder.Open(_path, FileShare.ReadWrite).Dispose();
    }

    private SqliteConnection Connect(string settings)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, settings);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void BringUpToDate(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        var version = Convert.ToInt32(Execute(connection, "PRAGMA user_version"));
        if (version > Schema.Steps.Count)
            throw new StorageException($"{_path} was made by a newer version of the server: run that one, or name another data folder.");
        foreach (var step in Schema.Steps.Skip(version))
            Execute(connection, step);
        // A PRAGMA takes no parameters.
        Execute(connection, $"PRAGMA user_version = {Schema.Steps.Count}");
        transaction.Commit();
    }

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private string Describe(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => $"{_path} is not a database: move it away, or name another data folder.",
        _ => $"{_path} cannot be used: {SqliteFailure.Describe(e)}",
    };
}
