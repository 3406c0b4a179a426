using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Keeps states in a database, with the statements that it finds there in the table OrleansQuery.</summary>
internal sealed class AdoNetGrainStorage(string name, AdoNetGrainStorageOptions options, IOptions<ClusterOptions> cluster) : IGrainStorage
{
    private const string ReadKey = "ReadFromStorageKey";
    private const string WriteKey = "WriteToStorageKey";
    private const string ClearKey = "ClearStorageKey";

    private Dictionary<string, string> _statements = [];

    public string Name => name;

    public async Task StartAsync(CancellationToken cancellation)
    {
        var found = await QueryAsync(
            "SELECT QueryKey, QueryText FROM OrleansQuery", _ => { }, row => (Key: row.GetString(0), Text: row.GetString(1)));
        _statements = found.ToDictionary(statement => statement.Key, statement => statement.Text);
        foreach (var key in (string[])[ReadKey, WriteKey, ClearKey])
        {
            if (!_statements.ContainsKey(key))
                throw new OrleansConfigurationException($"The database of the grain storage '{name}' has no {key} in OrleansQuery.");
        }
    }

    public async Task<StoredState?> ReadAsync(string stateName, string key)
    {
        var rows = await QueryAsync(_statements[ReadKey], command => AddKey(command, stateName, key), row => new StoredState(
            row["PayloadBinary"] as byte[], Convert.ToString(row["Version"], CultureInfo.InvariantCulture)!));
        return rows.SingleOrDefault();
    }

    public async Task<string?> WriteAsync(string stateName, string key, string? version, byte[]? payload)
    {
        var rows = await QueryAsync(_statements[payload is null ? ClearKey : WriteKey], command =>
        {
            AddKey(command, stateName, key);
            Add(command, "GrainStateVersion", DbType.Int32, version is null ? null : int.Parse(version));
            if (payload is not null) Add(command, "PayloadBinary", DbType.Binary, payload);
        }, row => Convert.ToString(row["NewGrainStateVersion"], CultureInfo.InvariantCulture));
        return rows.SingleOrDefault() is { Length: > 0 } written ? written : null;
    }

    private void AddKey(DbCommand command, string stateName, string key)
    {
        Add(command, "GrainIdHash", DbType.Int32, Hash(key));
        Add(command, "GrainIdN0", DbType.Int64, 0L);
        Add(command, "GrainIdN1", DbType.Int64, 0L);
        Add(command, "GrainTypeHash", DbType.Int32, Hash(stateName));
        Add(command, "GrainTypeString", DbType.String, stateName);
        Add(command, "GrainIdExtensionString", DbType.String, key);
        Add(command, "ServiceId", DbType.String, cluster.Value.ServiceId);
    }

    private static void Add(DbCommand command, string name, DbType type, object? value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.DbType, parameter.Value) = (name, type, value ?? DBNull.Value);
        command.Parameters.Add(parameter);
    }

    /// <summary>All rows of all result sets: a statement may consist of several, of which one at most has a row.</summary>
    private async Task<List<T>> QueryAsync<T>(string statement, Action<DbCommand> prepare, Func<DbDataReader, T> select)
    {
        await using var connection = DbProviders.Get(options.Invariant).CreateConnection()!;
        connection.ConnectionString = options.ConnectionString;
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        prepare(command);

        List<T> rows = [];
        await using var reader = await command.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync()) rows.Add(select(reader));
        }
        while (await reader.NextResultAsync());
        return rows;
    }

    // FNV-1a: the index needs a number that is the same in every process, nothing more.
    private static int Hash(string text) =>
        (int)Encoding.UTF8.GetBytes(text).Aggregate(2166136261u, (hash, value) => unchecked((hash ^ value) * 16777619u));
}
