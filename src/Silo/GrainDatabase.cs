using Microsoft.Data.Sqlite;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;

namespace OrleansIngest.Silo;

/// <summary>
/// The database of the grains' persistent states, <c>grains.db</c>. Its content can be lost: the
/// devices report all of it again.
/// </summary>
public static class GrainDatabase
{
    /// <summary>The path of the database in a data folder.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "grains.db");

    /// <summary>
    /// Checks the database if it exists. Changes nothing. No process may have the database open.
    /// </summary>
    /// <returns>A description of the damage; null if there is none.</returns>
    /// <exception cref="StorageException">The database cannot be read.</exception>
    public static string? Damage(string folder)
    {
        var file = new FileInfo(PathIn(folder));
        if (file is not { Exists: true, Length: > 0 }) // empty: a crash came before the tables were created
            return null;
        return DatabaseCheck.Pages(file.FullName) is [var damage, ..] ? damage : null;
    }

    /// <summary>Deletes the database if it is damaged.</summary>
    /// <exception cref="StorageException">The database cannot be read.</exception>
    public static void RemoveDamaged(string folder)
    {
        if (Damage(folder) is null)
            return;
        foreach (var file in Directory.EnumerateFiles(folder, "grains.db*"))
            File.Delete(file);
    }

    /// <summary>Checks that the database is not damaged.</summary>
    /// <exception cref="StorageException">The database is damaged or cannot be read.</exception>
    internal static void MustBeWhole(string folder)
    {
        if (Damage(folder) is { } damage)
            throw Unusable(folder, $"is damaged ({damage})");
    }

    /// <summary>The connection string for Orleans.</summary>
    internal static string ConnectionString(string folder) => $"Data Source={PathIn(folder)}";

    /// <summary>
    /// Creates the database and the tables of Orleans if they do not exist. Orleans requires its
    /// tables at the start.
    /// </summary>
    /// <exception cref="StorageException">
    /// The database cannot be opened or created; the message says what to do.
    /// </exception>
    internal static void Create(string folder)
    {
        try
        {
            DataFile.MakeIfMissing(PathIn(folder));
            using var connection = new SqliteConnection(ConnectionString(folder));
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL;" + Schema();
            command.ExecuteNonQuery();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(folder, $"cannot be used ({e.Message})", e);
        }
    }

    private static StorageException Unusable(string folder, string why, Exception? inner = null) =>
        new($"{PathIn(folder)} {why}: move it away, and devices will report their queues again.", inner);

    private static string Schema()
    {
        using var stream = typeof(GrainDatabase).Assembly.GetManifestResourceStream("OrleansSchema.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
