using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

/// <summary>
/// Looks after uploads beside their requests. At the start it completes uploads that have all of
/// their bytes. Then it stops silent requests (one timer for all, not one per read) and forgets
/// idle uploads. At the end it stops every request.
/// </summary>
public sealed class UploadHousekeeping(
    UploadContext context, OpenUploads open, UploadService uploads,
    IHostApplicationLifetime lifetime, ILogger<UploadHousekeeping> log) : BackgroundService
{
    private static readonly TimeSpan s_scan = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = lifetime.ApplicationStopping.Register(context.Bodies.StopAll);
        await Started(stoppingToken);
        await Task.WhenAll(CompleteWhole(stoppingToken), Scan(stoppingToken));
    }

    /// <summary>
    /// No request is under way any more. Blobs that nobody needs are freed before the process ends.
    /// </summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await context.Reclaimer.Freed().WaitAsync(cancellationToken);
    }

    private async Task Scan(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(s_scan, context.Time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            context.Bodies.LookAfterPaused();
            open.ForgetIdle();
        }
    }

    /// <summary>Grains answer only once the host has started.</summary>
    private async Task Started(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var _ = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    private async Task CompleteWhole(CancellationToken cancellation)
    {
        try
        {
            foreach (var row in await context.Rows.List(cancellation))
                await TryComplete(row, cancellation);
        }
        catch (JournalException e)
        {
            log.LogWarning(
                e, "The open uploads cannot be listed; those that have all of their bytes are completed by a HEAD");
        }
    }

    /// <summary>
    /// A refusal is not logged: the job's feed has it, or a request works on the upload already.
    /// </summary>
    private async Task TryComplete(UploadRow row, CancellationToken cancellation)
    {
        try
        {
            if (!row.IsPartial
                && await open.Find(row.Job, row.Media, cancellation) is { } known
                && (known.State.IsWhole || row.IsFinal))
                await uploads.Resume(row.Job, row.Media, stopsHolder: false, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(
                e, "Upload {Media} of job {Job} could not be completed; its client's next HEAD tries again",
                row.Media, row.Job);
        }
    }
}
