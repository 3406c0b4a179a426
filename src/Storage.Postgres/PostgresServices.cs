using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansIngest.Storage.Postgres;

/// <summary>Registers PostgreSQL for the ports.</summary>
public static class PostgresServices
{
    /// <summary>
    /// Registers the journal, the list of jobs, the uploads, the work queue, the inventory, the
    /// pieces of blobs, the keys and the running time, and PostgreSQL's clock as the
    /// <see cref="TimeProvider"/>. PostgreSQL is connected to when the host starts, so a
    /// <see cref="StorageException"/> is thrown there.
    /// </summary>
    public static IServiceCollection AddPostgresStorage(
        this IServiceCollection services, PostgresStorageOptions options) =>
        services
            .AddSingleton(provider => new PostgresStorage(
                options, provider.GetRequiredService<ILogger<PostgresStorage>>()))
            .AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Journal)
            .AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Jobs)
            .AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Uploads)
            .AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Work)
            .AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Inventory)
            .AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Pieces)
            .AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Keys)
            .AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().RunningTime)
            .AddSingleton(provider => provider.GetRequiredService<PostgresStorage>().Time)
            .AddHostedService<OpenAtStart>();

    private sealed class OpenAtStart(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetRequiredService<PostgresStorage>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
