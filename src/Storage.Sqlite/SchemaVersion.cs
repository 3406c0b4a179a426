using Microsoft.Data.Sqlite;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The version of a file's tables.</summary>
internal static class SchemaVersion
{
    /// <summary>What this version of the server works with.</summary>
    public static int Current => Schema.Steps.Count;

    /// <summary>The version of a file; 0 if it has no tables yet.</summary>
    /// <exception cref="StorageException">A newer version of the server made it.</exception>
    public static int Of(SqliteConnection connection)
    {
        var version = Convert.ToInt32(connection.Execute("PRAGMA user_version"));
        return version <= Current
            ? version
            : throw new StorageException($"{connection.DataSource} was made by a newer version of the server: run that one, or name another data folder.");
    }

    /// <summary>Does the steps that are missing: all of them or, if it throws, none.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    /// <exception cref="StorageException">A newer version of the server made the file.</exception>
    public static void BringUpToDate(SqliteConnection connection)
    {
        connection.CreateFunction<string, long, byte[], byte[], long>("event_crc", Checksum, isDeterministic: true);
        using var transaction = connection.BeginTransaction();
        foreach (var step in Schema.Steps.Skip(Of(connection)))
            connection.Execute(step);
        // A PRAGMA takes no parameters.
        connection.Execute($"PRAGMA user_version = {Current}");
        transaction.Commit();
    }

    private static long Checksum(string job, long seq, byte[] bytes, byte[] hidden) =>
        EventChecksum.Of(job, seq, bytes, hidden);
}
