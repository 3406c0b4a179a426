using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;

namespace OrleansIngest.Silo;

/// <summary>Adds an Orleans silo with the grains and their storage to a host.</summary>
public static class SiloHosting
{
    /// <summary>How long a caller waits for the response of a grain.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Takes a storage that servers on other machines can use, too, for this one alone. Call it
    /// before anything else uses the storage. A data folder has a lock of its own.
    /// </summary>
    /// <exception cref="StorageException">
    /// The storage cannot be used; the message says what to do.
    /// </exception>
    public static Task TakeStorage(IServiceProvider services, IngestOptions options) =>
        options.IsCluster ? ClusterStorage.Take(services) : Task.CompletedTask;

    /// <summary>
    /// Checks the databases of the data folder without changing them, and then creates what
    /// Orleans requires at the start. Call it before the host starts and before anything else
    /// opens the databases. A cluster has nothing to check here.
    /// </summary>
    /// <param name="options">The configuration.</param>
    /// <param name="progress">
    /// Called repeatedly during the full check, which may take a while. The full check runs if the
    /// last server did not close its databases.
    /// </param>
    /// <exception cref="StorageException">
    /// The data is damaged or cannot be used; the message says what to do.
    /// </exception>
    public static void PrepareData(IngestOptions options, Action<CheckProgress> progress)
    {
        if (!options.IsCluster)
            EmbeddedStorage.Prepare(options, progress);
    }

    /// <summary>
    /// Adds a silo that runs in this process, and the storage that the options name. The storage is
    /// opened when the host starts.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="maxOpenFiles">The maximum number of open files of the media store.</param>
    public static void AddSilo(this IHostApplicationBuilder builder, IngestOptions options, int maxOpenFiles)
    {
        builder.Services.AddSingleton<ActivityFeed>();
        var limits = new JobLimits(NullIfZero(options.MaxJobMedia), NullIfZero(options.MaxJobSize.Bytes));
        builder.Services.AddSingleton(limits);
        if (options.IsCluster)
            builder.Services.AddClusterStorage(options);
        else
            builder.Services.AddEmbeddedStorage(options, maxOpenFiles);
        builder.UseOrleans(silo => Configure(silo, options));
    }

    private static void Configure(ISiloBuilder silo, IngestOptions options)
    {
        silo.UseLocalhostClustering(FreePort(), FreePort()); // loopback only; no other silo ever connects
        if (options.IsCluster)
            silo.AddClusterGrainStorage(options);
        else
            silo.AddEmbeddedGrainStorage(options);
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionAge = options.GrainIdle;
            collection.CollectionQuantum = options.GrainIdle / 4; // Orleans requires it to be shorter than the age
        });
        // By default silos publish their load to each other every second. There is only one silo.
        silo.Configure<DeploymentLoadPublisherOptions>(load => load.DeploymentLoadPublisherRefreshTime = TimeSpan.Zero);
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
    }

    private static long? NullIfZero(long limit) => limit == 0 ? null : limit;

    // Another process could take the port before the silo binds it; then the start fails.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
