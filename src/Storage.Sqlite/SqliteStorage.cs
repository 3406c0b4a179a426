using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>Where SQLite keeps its file, and what a commit survives.</summary>
public sealed record SqliteStorageOptions
{
    /// <summary>The folder of <c>ingest.db</c>; created if it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary>What a commit survives.</summary>
    public Durability Durability { get; init; } = Durability.Disk;
}

/// <summary>
/// The journal, the uploads and the work queue in one SQLite file. One process may use a file: see
/// <see cref="DataFolderLock"/>. Disposing commits what waits and leaves one file, with nothing beside it.
/// </summary>
public sealed class SqliteStorage : IDisposable
{
    private readonly SqliteReaders _readers;
    private readonly SqliteRunningTime _running;

    /// <summary>Opens the file, making it if there is none.</summary>
    /// <exception cref="StorageException">It cannot be used; the message says why.</exception>
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

    /// <summary>Where the file is in a data folder.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "ingest.db");

    /// <summary>The journal.</summary>
    public IJournal Journal { get; }

    /// <summary>The list of jobs.</summary>
    public IJobIndex Jobs { get; }

    /// <summary>The open uploads.</summary>
    public IUploads Uploads { get; }

    /// <summary>The work queue.</summary>
    public IWorkQueue Work { get; }

    /// <summary>What the journal knows of bytes.</summary>
    public IInventory Inventory { get; }

    /// <summary>What uploads age by.</summary>
    public IRunningTime RunningTime => _running;

    internal SqliteWriter Writer { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _readers.Dispose();
        _running.Dispose();
        Writer.Dispose(); // last: closing the last connection moves the WAL into the file
    }
}
