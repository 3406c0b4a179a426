using Npgsql;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// Creates and changes the tables. The steps are the embedded files <c>NNNN-name</c>, numbered from
/// 1 without a gap. A step is never changed once it was released: tables only grow, so that nodes
/// of the version before can work beside those of the next one.
/// </summary>
internal static class Migrations
{
    private const int TimeoutSeconds = 300;

    private static readonly string[] s_steps =
    [
        .. typeof(Migrations).Assembly.GetManifestResourceNames()
            .Where(name => char.IsAsciiDigit(name[0])).Order(StringComparer.Ordinal),
    ];

    /// <summary>The version of the tables that this server uses: the number of steps.</summary>
    public static int Current => s_steps.Length;

    /// <summary>
    /// Brings the tables of a schema to the current version. Each step is a transaction. Of several
    /// nodes that start at once one makes a step, and the others wait for it.
    /// </summary>
    /// <exception cref="StorageException">
    /// A newer version of the server has changed the tables.
    /// </exception>
    /// <exception cref="NpgsqlException">A step failed. It changed nothing.</exception>
    public static void Run(NpgsqlConnection connection, string schema)
    {
        while (TakeStep(connection, schema))
        {
            // There may be another one.
        }
    }

    private static bool TakeStep(NpgsqlConnection connection, string schema)
    {
        using var transaction = connection.BeginTransaction();
        var version = LockVersion(connection, schema);
        if (version > Current)
        {
            throw new StorageException(
                $"The tables in the schema '{schema}' were made by a newer version of the server (they have version"
                + $" {version}, and this server uses {Current}): run that one, or name another schema.");
        }
        if (version < Current)
        {
            Execute(connection, Text(s_steps[version]));
            Execute(connection, $"UPDATE schema_version SET version = {version + 1}");
        }
        transaction.Commit();
        return version < Current;
    }

    /// <summary>
    /// The version of the tables; 0 if there are none yet. Other nodes wait until the transaction
    /// ends.
    /// </summary>
    private static int LockVersion(NpgsqlConnection connection, string schema)
    {
        Execute(
            connection,
            $"SET LOCAL lock_timeout = '{TimeoutSeconds}s';"
            + $" SET LOCAL idle_in_transaction_session_timeout = '{TimeoutSeconds}s'");
        Execute(connection, $"SELECT pg_advisory_xact_lock(hashtextextended('OrleansIngest {schema}', 0))");
        // Only if it does not exist: who may not create schemas can still use one.
        if (Execute(connection, $"SELECT to_regnamespace('{schema}') IS NULL") is true)
            Execute(connection, $"CREATE SCHEMA {schema}");
        if (Execute(connection, $"SELECT to_regclass('{schema}.schema_version') IS NULL") is true)
            Execute(connection, "CREATE TABLE schema_version AS SELECT 0 AS version");
        return Convert.ToInt32(Execute(connection, "SELECT version FROM schema_version"));
    }

    private static object? Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = TimeoutSeconds };
        return command.ExecuteScalar();
    }

    private static string Text(string step)
    {
        using var stream = typeof(Migrations).Assembly.GetManifestResourceStream(step)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
