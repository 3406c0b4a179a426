using Npgsql;

namespace OrleansIngest.Storage.Postgres;

/// <summary>Keys in the table <c>keys</c>.</summary>
internal sealed class PostgresKeyStore(PostgresDatabase database, string schema) : IKeyStore
{
    private const string Create = "INSERT INTO keys (name, content) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    private const string Find = "SELECT content FROM keys WHERE name = $1";

    /// <inheritdoc/>
    public string ReadOrCreate(string name, Func<string> create) => PostgresFailure.Guard(() =>
    {
        using var connection = database.Open();
        if (Execute(connection, Find, name) is string known)
            return known;
        // Of several nodes that create it at once, one is first. All of them read what it wrote.
        Execute(connection, Create, name, create());
        return (string)Execute(connection, Find, name)!;
    });

    /// <inheritdoc/>
    public string Where(string name) => $"The row '{name}' of the table {schema}.keys in PostgreSQL";

    private static object? Execute(NpgsqlConnection connection, string sql, params string[] values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        return command.ExecuteScalar();
    }
}
