using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Postgres;

namespace OrleansIngest.Silo;

/// <summary>
/// Makes sure that no other server uses the same schema: watchers would not see the events that the
/// other one commits. A server that lost its connection, and finds that another one has taken its
/// place, stops.
/// </summary>
internal sealed class OnlyServer(
    PostgresLock schema, IHostApplicationLifetime lifetime, ILogger<OnlyServer> log) : BackgroundService
{
    /// <summary>
    /// How many seconds the lock is tried for. The connection of a server that is gone, or this
    /// server's own one before the network failed, keeps it for 15 seconds at most.
    /// </summary>
    private const int Tries = 30;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Takes the lock. Call it before anything else opens the tables.</summary>
    /// <exception cref="StorageUnavailableException">
    /// Another server has it, or PostgreSQL cannot be reached.
    /// </exception>
    public static async Task Take(PostgresLock schema)
    {
        for (var tries = 1; !await Task.Run(schema.TryHold); tries++)
        {
            if (tries == Tries)
                throw new StorageUnavailableException("Another server uses this schema of PostgreSQL: stop it first.");
            await Task.Delay(s_interval);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval);
        for (var lost = 0; lost < Tries; lost = await Task.Run(IsHeld, stoppingToken) ? 0 : lost + 1)
            await timer.WaitForNextTickAsync(stoppingToken);
        log.LogCritical("Another server has taken the place of this one, which stops");
        lifetime.StopApplication();
    }

    private bool IsHeld()
    {
        try
        {
            return schema.TryHold();
        }
        catch (StorageException)
        {
            return true; // without PostgreSQL no server can acknowledge anything
        }
    }
}
