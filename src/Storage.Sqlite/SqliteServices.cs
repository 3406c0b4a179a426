using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>Registers SQLite for the ports.</summary>
public static class SqliteServices
{
    /// <summary>
    /// Registers the journal, the list of jobs, the uploads, the work queue, the inventory and the
    /// running time. The database is opened when the host starts, so a
    /// <see cref="StorageException"/> is thrown there.
    /// </summary>
    public static IServiceCollection AddSqliteStorage(
        this IServiceCollection services, SqliteStorageOptions options) =>
        services
            .AddSingleton(provider => new SqliteStorage(
                options,
                provider.GetRequiredService<ILogger<SqliteStorage>>(),
                provider.GetService<TimeProvider>()))
            .AddSingleton(provider => provider.GetRequiredService<SqliteStorage>().Journal)
            .AddSingleton(provider => provider.GetRequiredService<SqliteStorage>().Jobs)
            .AddSingleton(provider => provider.GetRequiredService<SqliteStorage>().Uploads)
            .AddSingleton(provider => provider.GetRequiredService<SqliteStorage>().Work)
            .AddSingleton(provider => provider.GetRequiredService<SqliteStorage>().Inventory)
            .AddSingleton(provider => provider.GetRequiredService<SqliteStorage>().RunningTime)
            .AddHostedService<OpenAtStart>();

    private sealed class OpenAtStart(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetRequiredService<SqliteStorage>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
