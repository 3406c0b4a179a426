using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>Sweeps now and then, and reads the whole store again, slowly, over and over.</summary>
internal sealed class MaintenanceRounds(
    Sweeper sweeper, Scrubber scrubber, IngestOptions options, TimeProvider time, ILogger<MaintenanceRounds> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Repeat("sweep", options.SweepInterval, () => sweeper.Sweep(grace: null, stoppingToken), stoppingToken),
        options.ScrubRate.Bytes == 0 ? Task.CompletedTask : Repeat("scrub", options.ScrubInterval, () => scrubber.GoOn(Pace(stoppingToken), stoppingToken), stoppingToken));

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

    /// <summary>So many bytes a second: whoever has read some waits until their time is over.</summary>
    private Func<int, Task> Pace(CancellationToken cancellation) =>
        bytes => Task.Delay(TimeSpan.FromSeconds((double)bytes / options.ScrubRate.Bytes), time, cancellation);
}
