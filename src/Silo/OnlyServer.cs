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
    /// How often a start tries: the server before this one may still be stopping.
    /// </summary>
    private const int Tries = 10;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; !schema.TryHold(); tries++)
        {
            if (tries == Tries)
            {
                throw new StorageException(
                    "Another server uses this schema of PostgreSQL: stop it, or name another Ingest:PostgresSchema.");
            }
            await Task.Delay(s_interval, cancellationToken);
        }
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (await Task.Run(IsReplaced, stoppingToken))
            {
                log.LogCritical("Another server has taken the place of this one, which stops");
                lifetime.StopApplication();
                return;
            }
        }
    }

    private bool IsReplaced()
    {
        try
        {
            return !schema.TryHold();
        }
        catch (StorageException)
        {
            return false; // without PostgreSQL no server can acknowledge anything
        }
    }
}
