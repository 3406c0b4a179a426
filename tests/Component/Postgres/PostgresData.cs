using Npgsql;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Model;
using OrleansIngest.Storage.Postgres;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>A schema of a test's own, which is dropped with it.</summary>
internal sealed class PostgresData(PostgresServer server) : IJournalData
{
    private readonly List<PostgresStorage> _opened = [];

    public PostgresData(SharedPostgres shared)
        : this(shared.Server)
    {
    }

    public string Schema { get; } = $"test_{Guid.NewGuid():N}";

    public PostgresStorageOptions Options => new() { ConnectionString = server.ConnectionString, Schema = Schema };

    public PostgresStorage OpenStorage(TimeProvider? time = null)
    {
        var storage = new PostgresStorage(Options, time: time);
        _opened.Add(storage);
        return storage;
    }

    public Node Open()
    {
        var storage = OpenStorage();
        return new Node(storage.Journal, storage.Jobs, storage.Uploads, storage.Work, storage.Inventory, storage)
        {
            Pieces = storage.Pieces,
        };
    }

    public void WriteWithNewerVersion(string job) =>
        Execute($"UPDATE jobs SET format = format + 1 WHERE job = '{job}'");

    public void ChangeEvent(string job, long seq) =>
        Execute($@"UPDATE journal SET event = '\x000000' WHERE job = '{job}' AND seq = {seq}");

    public void LoseEvent(string job, long seq) =>
        Execute($"DELETE FROM journal WHERE job = '{job}' AND seq = {seq}");

    public void ChangeContent(BlobId content, string to) =>
        Execute($"UPDATE media SET content = '{to}' WHERE content = '{content}'");

    public void MoveEvent(string job, long seq, long to) =>
        Execute($"UPDATE journal SET seq = {to} WHERE job = '{job}' AND seq = {seq}");

    /// <summary>Runs SQL in the schema, on a connection of its own.</summary>
    /// <returns>The first column of the first row.</returns>
    public object? Execute(string sql) => server.Execute($"SET search_path = {Schema}; {sql}");

    /// <summary>A connection beside those of the storage.</summary>
    public NpgsqlConnection Connect()
    {
        var connection = new NpgsqlConnection($"{server.ConnectionString};Search Path={Schema};Pooling=false");
        connection.Open();
        return connection;
    }

    public void Dispose()
    {
        _opened.ForEach(storage => storage.Dispose());
        server.Execute($"DROP SCHEMA IF EXISTS {Schema} CASCADE");
    }
}
