using Microsoft.Data.Sqlite;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The version of a file's tables. There is one that this server works with, and it changes no
/// other.
/// </summary>
internal static class SchemaVersion
{
    /// <summary>What this version of the server works with.</summary>
    public const int Current = 1;

    /// <summary>What a file says that has no tables yet.</summary>
    public const int None = 0;

    /// <summary>Whether a file has its tables; false if it has none yet.</summary>
    /// <exception cref="StorageException">Another version of the server made it.</exception>
    public static bool IsIn(SqliteConnection connection) => Of(connection) switch
    {
        Current => true,
        None when connection.Execute("SELECT 1 FROM sqlite_schema") is null => false,
        var other => throw new StorageException(
            $"{connection.DataSource} was made by another version of the server (its tables are of version {other}, " +
            $"and this server's of version {Current}): run that one, or name another data folder."),
    };

    /// <summary>
    /// Makes the tables of a file that has none: all of them or, if it throws, none.
    /// </summary>
    /// <exception cref="SqliteException">It failed.</exception>
    /// <exception cref="StorageException">Another version of the server made the file.</exception>
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
