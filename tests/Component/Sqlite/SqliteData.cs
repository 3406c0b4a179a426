using Microsoft.Data.Sqlite;
using OrleansIngest.Component.Tests.Contracts;
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

    public void WriteWithNewerVersion(string job)
    {
        using var connection = Connect();
        Execute(connection, "UPDATE jobs SET format = format + 1 WHERE job = $job", job);
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

    public void Dispose()
    {
        _opened.ForEach(storage => storage.Dispose());
        _folder.Dispose();
    }
}
