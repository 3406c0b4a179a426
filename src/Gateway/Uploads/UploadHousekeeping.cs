using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Bodies;
using OrleansIngest.Gateway.Uploads.Places;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// Looks after uploads while nobody does: at the start it completes those of which all bytes are here, then it stops
/// silent requests (one timer for all, not one per read) and forgets idle sessions, and at the end it stops every request.
/// </summary>
internal sealed class UploadHousekeeping(
    IUploads uploads, UploadTable table, BodyReceiver receiver, UploadService service, Leftovers leftovers,
    TimeProvider time, IHostApplicationLifetime lifetime, ILogger<UploadHousekeeping> log) : BackgroundService
{
    private static readonly TimeSpan s_scan = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = lifetime.ApplicationStopping.Register(receiver.StopAll);
        await Started(stoppingToken);
        await Task.WhenAll(CompleteWhole(stoppingToken), Scan(stoppingToken));
    }

    /// <summary>By now no request is under way.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await leftovers.Freed().WaitAsync(cancellationToken);
    }

    private async Task Scan(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(s_scan, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            receiver.LookAfterPaused();
            table.ForgetIdle();
        }
    }

    /// <summary>Grains answer once the host has started.</summary>
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
            foreach (var row in await uploads.List(cancellation))
                await TryComplete(row, cancellation);
        }
        catch (JournalException e)
        {
            log.LogWarning(e, "The open uploads cannot be listed; their clients' next HEAD completes those of which all bytes are here");
        }
    }

    private async Task TryComplete(UploadRow row, CancellationToken cancellation)
    {
        try
        {
            await CompleteIfWhole(row, cancellation);
        }
        catch (ProblemException e) when (e.Kind.Status < StatusCodes.Status500InternalServerError)
        {
            // It has ended for a reason of its client, which the job's feed tells, or a request has it already.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "Upload {Media} of job {Job} could not be completed; its client's next HEAD tries again", row.Media, row.Job);
        }
    }

    private async Task CompleteIfWhole(UploadRow row, CancellationToken cancellation)
    {
        if (row.IsPartial || await table.Find(row.Job, row.Media, cancellation) is not { } session || !(session.IsWhole || row.IsFinal))
            return;
        await service.Resume(row.Job, row.Media, cancellation);
    }
}
