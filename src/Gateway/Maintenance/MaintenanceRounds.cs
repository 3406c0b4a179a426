using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// The background service that sweeps at an interval and scrubs the whole store slowly,
/// again and again.
/// </summary>
internal sealed class MaintenanceRounds(
    Sweeper sweeper, Scrubber scrubber, IngestOptions options, TimeProvider time,
    ILogger<MaintenanceRounds> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RepeatSweep(stoppingToken), RepeatScrub(stoppingToken));

    private Task RepeatSweep(CancellationToken cancellation) =>
        Repeat("sweep", options.SweepInterval, () => sweeper.Sweep(grace: null, cancellation), cancellation);

    private Task RepeatScrub(CancellationToken cancellation)
    {
        if (options.ScrubRate.Bytes == 0)
            return Task.CompletedTask;
        var pace = Pace(cancellation);
        return Repeat("scrub", options.ScrubInterval, () => scrubber.Continue(pace, cancellation), cancellation);
    }

    private async Task Repeat(string what, TimeSpan interval, Func<Task> work, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await work();
            }
            catch (Exception e) when (e is JournalException or IOException or ProblemException)
            {
                log.LogWarning(e, "The {Work} could not go on; it will in {Interval}", what, interval);
            }
        }
    }

    /// <summary>
    /// Limits the scrub to <see cref="IngestOptions.ScrubRate"/> bytes per second: after each read
    /// it waits as long as these bytes may take.
    /// </summary>
    private Func<int, Task> Pace(CancellationToken cancellation) =>
        bytes => Task.Delay(TimeSpan.FromSeconds((double)bytes / options.ScrubRate.Bytes), time, cancellation);
}
