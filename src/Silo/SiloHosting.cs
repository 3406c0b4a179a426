using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Salvage.Backup;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Silo;

/// <summary>Puts a silo with the grains and their storage into a host.</summary>
public static class SiloHosting
{
    /// <summary>How long a caller waits for a grain's answer.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Checks what is in the data folder, which changes nothing, and makes there what Orleans wants to find. To be
    /// called before
    /// the host is started, and before anything else opens what is in the folder.
    /// </summary>
    /// <param name="options">The configuration.</param>
    /// <param name="progress">
    /// Called again and again if the last server did not close its databases: then everything is checked, which may
    /// take a while.
    /// </param>
    /// <exception cref="StorageException">It is damaged or cannot be used; the message says what to do.</exception>
    public static void PrepareData(IngestOptions options, Action<CheckProgress> progress)
    {
        DatabaseCheck.BeforeStart(SqliteStorage.PathIn(options.DataDir), options.Durability, progress).MustBeWhole();
        GrainDatabase.MustBeWhole(options.DataDir);
        GrainDatabase.Create(options.DataDir);
    }

    /// <summary>
    /// Adds the embedded silo: everything in this process and in the data folder, which is opened when the host starts.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="maxOpenFiles">How many files of the media store may be open at once.</param>
    public static void AddEmbeddedSilo(this IHostApplicationBuilder builder, IngestOptions options, int maxOpenFiles)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ActivityFeed>();
        builder.Services.AddSingleton(new JobLimits(NullIfZero(options.MaxJobMedia), NullIfZero(options.MaxJobSize.Bytes)));
        builder.Services.AddSqliteStorage(new SqliteStorageOptions { Folder = options.DataDir, Durability = options.Durability });
        builder.Services.AddDiskMediaStore(new DiskMediaStoreOptions
        {
            Folder = options.DataDir,
            Durability = options.Durability,
            Reserve = options.DiskReserve.Bytes,
            SegmentSize = options.SegmentSize.Bytes,
            MaxOpenFiles = maxOpenFiles,
        });
        builder.Services.AddSingleton(provider => new DataBackup(
            provider.GetRequiredService<DiskMediaStore>(), options.DataDir, provider.GetRequiredService<TimeProvider>()));
        builder.UseOrleans(silo => Configure(silo, options));
    }

    private static void Configure(ISiloBuilder silo, IngestOptions options)
    {
        silo.UseLocalhostClustering(FreePort(), FreePort());
        silo.AddAdoNetGrainStorage(GrainStorage.Name, storage =>
        {
            storage.Invariant = "System.Data.SQLite";
            storage.ConnectionString = GrainDatabase.ConnectionString(options.DataDir);
        });
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionAge = options.GrainIdle;
            collection.CollectionQuantum = options.GrainIdle / 4; // must be shorter than the age
        });
        // Silos tell each other their load each second. This one has nobody to tell.
        silo.Configure<DeploymentLoadPublisherOptions>(load => load.DeploymentLoadPublisherRefreshTime = TimeSpan.Zero);
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
    }

    private static long? NullIfZero(long limit) => limit == 0 ? null : limit;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
