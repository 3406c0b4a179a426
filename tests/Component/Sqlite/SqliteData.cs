using Microsoft.Data.Sqlite;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Model;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Sqlite;

/// <summary>A database file in a folder of its own.</summary>
internal sealed class SqliteData(Durability durability) : IJournalData
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteStorage> _opened = [];

    public string Folder => _folder.Path;

    public string File => _folder["ingest.db"];

    public SqliteStorage OpenStorage()
    {
        var storage = new SqliteStorage(new SqliteStorageOptions { Folder = Folder, Durability = durability });
        _opened.Add(storage);
        return storage;
    }

    public Node Open()
    {
        var storage = OpenStorage();
        return new Node(storage.Journal, storage.Jobs, storage.Uploads, storage.Work, storage.Inventory, storage);
    }

    public void WriteWithNewerVersion(string job) =>
        Execute("UPDATE jobs SET format = format + 1 WHERE job = $job", job);

    public void ChangeEvent(string job, long seq) =>
        Execute($"UPDATE journal SET event = zeroblob(3) WHERE job = $job AND seq = {seq}", job);

    public void LoseEvent(string job, long seq) =>
        Execute($"DELETE FROM journal WHERE job = $job AND seq = {seq}", job);

    public void ChangeContent(BlobId content, string to)
    {
        using var connection = Connect();
        Execute(connection, $"UPDATE media SET content = '{to}' WHERE content = '{content}'");
    }

    /// <summary>A connection beside those of the server.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    public static void Execute(SqliteConnection connection, string sql, string? job = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (job is not null)
            command.Parameters.AddWithValue("$job", job);
        command.ExecuteNonQuery();
    }

    public void MoveEvent(string job, long seq, long to) =>
        Execute($"UPDATE journal SET seq = {to} WHERE job = $job AND seq = {seq}", job);

    public void Dispose()
    {
        _opened.ForEach(storage => storage.Dispose());
        _folder.Dispose();
    }

    private void Execute(string sql, string job)
    {
        using var connection = Connect();
        Execute(connection, sql, job);
    }
}
