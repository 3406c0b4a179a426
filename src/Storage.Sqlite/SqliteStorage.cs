using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The settings of a <see cref="SqliteStorage"/>.</summary>
public sealed record SqliteStorageOptions
{
    /// <summary>
    /// The data folder, which contains <c>ingest.db</c>. It is created if it does not exist.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>Which failures a commit survives.</summary>
    public Durability Durability { get; init; } = Durability.Disk;
}

/// <summary>
/// The journal, the uploads, the work queue, the inventory and the running time in one SQLite
/// database. Only one process may use the database: see <see cref="DataFolderLock"/>. Disposing
/// commits the queued writes and moves the write-ahead log into the database file.
/// </summary>
public sealed class SqliteStorage : IDisposable
{
    private readonly SqliteReaders _readers;
    private readonly SqliteRunningTime _running;

    /// <summary>Opens the database, and creates it if it does not exist.</summary>
    /// <exception cref="StorageException">
    /// The database cannot be used; the message says why.
    /// </exception>
    public SqliteStorage(SqliteStorageOptions options, ILogger<SqliteStorage>? log = null, TimeProvider? time = null)
    {
        var database = new SqliteDatabase(options.Folder, options.Durability);
        Writer = new SqliteWriter(database);
        _readers = new SqliteReaders(database);
        var journal = new SqliteJournal(Writer, _readers, log ?? NullLogger<SqliteStorage>.Instance);
        (Journal, Jobs) = (journal, journal);
        Uploads = new SqliteUploads(Writer, _readers);
        Work = new SqliteWorkQueue(Writer);
        Inventory = new SqliteInventory(Writer, _readers);
        _running = new SqliteRunningTime(database, Writer, time ?? TimeProvider.System);
    }

    /// <summary>The path of the database file in a data folder.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "ingest.db");

    /// <summary>The journal.</summary>
    public IJournal Journal { get; }

    /// <summary>The list of jobs.</summary>
    public IJobIndex Jobs { get; }

    /// <summary>The open uploads.</summary>
    public IUploads Uploads { get; }

    /// <summary>The work queue.</summary>
    public IWorkQueue Work { get; }

    /// <summary>The blobs that the journal needs, and the state of sweeps and scrubs.</summary>
    public IInventory Inventory { get; }

    /// <summary>The running time, by which uploads expire.</summary>
    public IRunningTime RunningTime => _running;

    internal SqliteWriter Writer { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The writer is the last: it commits the last record of the running time, and SQLite moves
        // the write-ahead log into the file when the last connection is closed.
        _readers.Dispose();
        _running.Dispose();
        Writer.Dispose();
    }
}
