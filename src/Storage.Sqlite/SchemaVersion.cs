using Microsoft.Data.Sqlite;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The version of the tables of a database, which SQLite keeps as <c>user_version</c>. The server
/// uses one version and does not migrate others.
/// </summary>
internal static class SchemaVersion
{
    /// <summary>The version that this server uses.</summary>
    public const int Current = 1;

    /// <summary>The version of a new database, which has no tables.</summary>
    public const int None = 0;

    /// <summary>Whether a database has the tables; false if it is new.</summary>
    /// <exception cref="StorageException">
    /// Another version of the server, or another program, created the database.
    /// </exception>
    public static bool IsIn(SqliteConnection connection) => Of(connection) switch
    {
        Current => true,
        None when connection.Execute("SELECT 1 FROM sqlite_schema") is null => false,
        var other => throw new StorageException(
            $"{connection.DataSource} was made by another version of the server (its tables are of version {other}, " +
            $"and this server's of version {Current}): run that one, or name another data folder."),
    };

    /// <summary>
    /// Creates the tables of a new database in one transaction. Does nothing if they exist.
    /// </summary>
    /// <exception cref="SqliteException">A statement failed. No table was created.</exception>
    /// <exception cref="StorageException">
    /// Another version of the server, or another program, created the database.
    /// </exception>
    public static void Create(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        if (IsIn(connection))
            return;
        connection.Execute(Schema.Tables);
        // A PRAGMA takes no parameters.
        connection.Execute($"PRAGMA user_version = {Current}");
        transaction.Commit();
    }

    private static int Of(SqliteConnection connection) => Convert.ToInt32(connection.Execute("PRAGMA user_version"));
}
