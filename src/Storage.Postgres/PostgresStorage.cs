using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// The journal, the uploads, the work queue, the inventory, the pieces of blobs, the running time
/// and the clock in one PostgreSQL database, which all nodes of a cluster use at the same time.
/// After a restart or a failover of PostgreSQL everything continues by itself. Disposing commits
/// the queued appends.
/// </summary>
public sealed class PostgresStorage : IDisposable
{
    private readonly PostgresDatabase _database;
    private readonly PostgresWriter _writer;
    private readonly PostgresRunningTime _running;
    private readonly PostgresTime _time;

    /// <summary>
    /// Connects to PostgreSQL, looks at its settings, and creates or changes the tables.
    /// </summary>
    /// <exception cref="StorageException">
    /// PostgreSQL cannot be used; the message says why, and never shows the connection string.
    /// </exception>
    public PostgresStorage(
        PostgresStorageOptions options, ILogger<PostgresStorage>? log = null, TimeProvider? time = null)
    {
        log ??= NullLogger<PostgresStorage>.Instance;
        _database = new PostgresDatabase(options);
        try
        {
            (_running, _time) = PostgresFailure.Guard(() => Open(options, log, time ?? TimeProvider.System));
        }
        catch
        {
            _database.Dispose();
            throw;
        }
        _writer = new PostgresWriter(options);
        var journal = new PostgresJournal(_writer, _database, log);
        (Journal, Jobs) = (journal, journal);
        Uploads = new PostgresUploads(_database);
        Work = new PostgresWorkQueue(_database);
        Inventory = new PostgresInventory(_database);
        Pieces = new PostgresBlobPieces(_database);
        Keys = new PostgresKeyStore(_database, options.Schema);
    }

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

    /// <summary>What incoming blobs are made of.</summary>
    public IBlobPieces Pieces { get; }

    /// <summary>The keys that all nodes share.</summary>
    public IKeyStore Keys { get; }

    /// <summary>The running time, by which uploads expire.</summary>
    public IRunningTime RunningTime => _running;

    /// <summary>The clock that all nodes share.</summary>
    public TimeProvider Time => _time;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The database is the last: the last record of the running time needs it.
        _writer.Dispose();
        _time.Dispose();
        _running.Dispose();
        _database.Dispose();
    }

    private (PostgresRunningTime Running, PostgresTime Time) Open(
        PostgresStorageOptions options, ILogger log, TimeProvider time)
    {
        using var connection = _database.Open();
        ServerSettings.Check(connection, options.Durability, log);
        Migrations.Run(connection, options.Schema);
        var running = new PostgresRunningTime(_database, PostgresRunningTime.Read(connection), time);
        return (running, new PostgresTime(_database, connection, time, log));
    }
}
