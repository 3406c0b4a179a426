using OrleansIngest.Silo;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Checks;
using OrleansIngest.Storage.Salvage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>What the program does instead of serving if its first argument is a command. docs/salvage.md tells when.</summary>
internal static class Commands
{
    /// <summary>The command that the first argument names, or null if it names none.</summary>
    /// <exception cref="ConfigurationException">There is no such command.</exception>
    public static Func<IngestOptions, Task<int>>? Find(string[] args) => args.FirstOrDefault() switch
    {
        "check" => options => Task.FromResult(Check(options)),
        "salvage" => options => Salvage(options, new ConfigurationBuilder().AddCommandLine(args).Build()["into"]),
        { } word when char.IsAsciiLetter(word.FirstOrDefault()) && !word.Contains('=') =>
            throw new ConfigurationException($"There is no command '{word}'; there are check and salvage."),
        _ => null,
    };

    /// <summary>Looks at everything that is kept, and changes nothing.</summary>
    /// <returns>0 if it is whole, 1 if not.</returns>
    private static int Check(IngestOptions options)
    {
        using var folder = DataFolderLock.TakeToRead(options.DataDir);
        var report = DatabaseCheck.Everything(SqliteStorage.PathIn(folder.Folder), options.Durability);
        Console.WriteLine($"{report.Database}: {report.Jobs} jobs, {report.Events} events, {(report.IsWhole ? "whole" : "damaged:")}");
        foreach (var damage in report.Damage)
            Console.WriteLine($"  {damage}");
        var grains = GrainDatabase.Damage(folder.Folder);
        Console.WriteLine($"{GrainDatabase.PathIn(folder.Folder)}: {grains ?? "whole"}");
        return report.IsWhole && grains is null ? 0 : 1;
    }

    /// <summary>Makes a new folder of what can be read of a damaged one.</summary>
    /// <returns>0 if the new one is whole.</returns>
    private static async Task<int> Salvage(IngestOptions options, string? into)
    {
        var newFolder = NewFolder(into, Path.TrimEndingDirectorySeparator(options.DataDir));
        using (var damaged = DataFolderLock.TakeToRead(options.DataDir))
        using (var salvaged = DataFolderLock.Take(newFolder))
        {
            await DataSalvage.Run(damaged.Folder, salvaged.Folder, Console.WriteLine);
            GrainDatabase.RemoveDamaged(salvaged.Folder);
        }
        return Check(options with { DataDir = newFolder });
    }

    private static string NewFolder(string? into, string damaged)
    {
        if (string.IsNullOrEmpty(into))
            throw new ConfigurationException("salvage needs --into and a new folder, on the same volume if that is possible.");
        if (Path.Exists(into) && !(Directory.Exists(into) && !Directory.EnumerateFileSystemEntries(into).Any()))
            throw new ConfigurationException($"{into} is not empty: name a new folder.");
        if (Path.GetFullPath(into).StartsWith(damaged + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ConfigurationException($"{into} is inside {damaged}, which is to stay as it is: name another folder.");
        return into;
    }
}
