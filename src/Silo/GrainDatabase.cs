using Microsoft.Data.Sqlite;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;

namespace OrleansIngest.Silo;

/// <summary>The database of the grains' own states, <c>grains.db</c>. All that is in it devices report again.</summary>
public static class GrainDatabase
{
    /// <summary>Where it is in a data folder.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "grains.db");

    /// <summary>Checks it, if there is one, and changes nothing. No process may have it open.</summary>
    /// <returns>What is wrong, or null.</returns>
    /// <exception cref="StorageException">It cannot be looked at.</exception>
    public static string? Damage(string folder)
    {
        var file = new FileInfo(PathIn(folder));
        return file is { Exists: true, Length: > 0 } && DatabaseCheck.Pages(file.FullName) is [var damage, ..] ? damage : null;
    }

    /// <summary>Removes it if it is damaged.</summary>
    /// <exception cref="StorageException">It cannot be looked at.</exception>
    public static void RemoveDamaged(string folder)
    {
        if (Damage(folder) is null)
            return;
        foreach (var file in Directory.EnumerateFiles(folder, "grains.db*"))
            File.Delete(file);
    }

    /// <summary>Refuses a damaged one.</summary>
    /// <exception cref="StorageException">It is damaged, or cannot be looked at.</exception>
    internal static void MustBeWhole(string folder)
    {
        if (Damage(folder) is { } damage)
            throw Unusable(folder, $"is damaged ({damage})");
    }

    /// <summary>What Orleans connects with.</summary>
    internal static string ConnectionString(string folder) => $"Data Source={PathIn(folder)}";

    /// <summary>Makes it if there is none; Orleans wants its tables to be there before it starts.</summary>
    /// <exception cref="StorageException">It cannot be used; the message says what to do.</exception>
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
