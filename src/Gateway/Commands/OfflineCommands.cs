using OrleansIngest.Gateway.Hosting;
using OrleansIngest.Gateway.Maintenance;
using OrleansIngest.Salvage;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Silo;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Gateway.Commands;

/// <summary>
/// Commands that read a data folder that no server uses. They start no server, so they also work on
/// a damaged folder.
/// </summary>
internal static class OfflineCommands
{
    /// <summary>Runs the command if it is one of these.</summary>
    /// <returns>The exit code; null if it is another command.</returns>
    /// <exception cref="ConfigurationException">The target folder cannot be used.</exception>
    /// <exception cref="StorageException">The command cannot be run.</exception>
    public static async Task<int?> TryRun(CommandLine line, IngestOptions options) => line.Command?.Name switch
    {
        "check" => Check(options),
        "salvage" => await Salvage(options, line.Arguments["into"]),
        _ => null,
    };

    /// <summary>Checks both databases. Changes nothing.</summary>
    /// <returns>0 if both are whole, 1 if not.</returns>
    private static int Check(IngestOptions options)
    {
        using var folder = DataFolderLock.TakeToRead(options.DataDir);
        var report = DatabaseCheck.Everything(SqliteStorage.PathIn(folder.Folder), options.Durability);
        var grains = GrainDatabase.Damage(folder.Folder);
        foreach (var line in CheckLines.Of(report, GrainDatabase.PathIn(folder.Folder), grains))
            Console.WriteLine(line);
        return report.IsWhole && grains is null ? 0 : 1;
    }

    /// <summary>
    /// Copies what can be read of a damaged folder into a new one, and checks the new one.
    /// </summary>
    /// <returns>0 if the new folder is whole, 1 if not.</returns>
    private static async Task<int> Salvage(IngestOptions options, string into)
    {
        CheckNew(into, options.DataDir);
        using (var damaged = DataFolderLock.TakeToRead(options.DataDir))
        using (var salvaged = DataFolderLock.Take(into))
        {
            await DataSalvage.Run(damaged.Folder, salvaged.Folder, Console.WriteLine);
            GrainDatabase.RemoveDamaged(salvaged.Folder); // the devices report its content again
        }
        return Check(options with { DataDir = into });
    }

    private static void CheckNew(string folder, string damaged)
    {
        if (Path.Exists(folder) && !(Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new ConfigurationException($"{folder} is not empty: name a new folder.");
        if (RealPath.IsInside(folder, damaged))
        {
            throw new ConfigurationException(
                $"{folder} is inside {damaged}, which is to stay as it is: name another folder.");
        }
    }
}
