using Microsoft.Extensions.DependencyInjection;
using OrleansIngest.Grains;
using OrleansIngest.Salvage.Backup;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Disk.Files;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Silo;

/// <summary>
/// What an embedded server keeps its data in: SQLite and files in the data folder. One process uses
/// a folder at a time.
/// </summary>
internal static class EmbeddedStorage
{
    /// <summary>
    /// Adds the ports of the storage. The databases are opened when the host starts.
    /// </summary>
    public static void AddEmbeddedStorage(this IServiceCollection services, IngestOptions options, int maxOpenFiles)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IKeyStore>(new FolderKeyStore(options.DataDir));
        services.AddSqliteStorage(new SqliteStorageOptions
        {
            Folder = options.DataDir,
            Durability = options.Durability,
        });
        services.AddDiskMediaStore(new DiskMediaStoreOptions
        {
            Folder = options.DataDir,
            Durability = options.Durability,
            Reserve = options.DiskReserve.Bytes,
            SegmentSize = options.SegmentSize.Bytes,
            MaxOpenFiles = maxOpenFiles,
        });
        services.AddSingleton(provider => new DataBackup(
            provider.GetRequiredService<DiskMediaStore>(),
            options.DataDir,
            provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Checks the databases, and creates what Orleans requires at the start.</summary>
    /// <exception cref="StorageException">The data is damaged or cannot be used.</exception>
    public static void Prepare(IngestOptions options, Action<CheckProgress> progress)
    {
        DatabaseCheck.BeforeStart(SqliteStorage.PathIn(options.DataDir), options.Durability, progress).MustBeWhole();
        GrainDatabase.MustBeWhole(options.DataDir);
        GrainDatabase.Create(options.DataDir);
    }

    /// <summary>Adds the storage of the grains' states.</summary>
    public static void AddEmbeddedGrainStorage(this ISiloBuilder silo, IngestOptions options) =>
        silo.AddAdoNetGrainStorage(GrainStorage.Name, storage =>
        {
            storage.Invariant = "System.Data.SQLite";
            storage.ConnectionString = GrainDatabase.ConnectionString(options.DataDir);
        });
}
