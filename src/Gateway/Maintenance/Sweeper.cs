using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// Ends expired uploads, and frees bytes that the journal does not name: a crash may leave them
/// between a commit and the freeing that follows it, or a request may store them and fail before
/// its commit. Tombstones of deleted media are not removed: they are facts of the journal, and a
/// deleted id must never be accepted again.
/// </summary>
internal sealed class Sweeper(
    UploadService uploads, UploadContext context, IInventory inventory, BlobClaims claims,
    IngestOptions options, ILogger<Sweeper> log)
{
    /// <summary>The number of orphans that are recorded in one transaction.</summary>
    private const int Batch = 512;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Sweeps once. A concurrent call waits for the first one.</summary>
    /// <param name="grace">The grace time; null for the configured ones.</param>
    /// <param name="cancellation">Stops the sweep between two blobs.</param>
    /// <exception cref="JournalException">
    /// The journal cannot say which bytes are needed.
    /// </exception>
    public async Task<SweepReport> Sweep(TimeSpan? grace, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var report = new SweepReport { Began = context.Expiry.Now };
            foreach (var row in await context.Rows.List(cancellation))
                await EndIfExpired(row, report, cancellation);
            var use = new BlobUse(claims, inventory, report, log);
            var batches = context.Store.Unused(use, cancellation).Chunk(Batch);
            await foreach (var orphans in batches.WithCancellation(cancellation))
                await FreeOld(orphans, grace, report, cancellation);
            await inventory.ForgetOrphans(report.Began);
            claims.ForgetOld();
            Tell(report);
            return report;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task EndIfExpired(UploadRow row, SweepReport report, CancellationToken cancellation)
    {
        try
        {
            report.Expired += await uploads.EndIfExpired(row, cancellation) ? 1 : 0;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            report.Failures++;
            log.LogWarning(e, "Upload {Media} of job {Job} has expired and could not be ended", row.Media, row.Job);
        }
    }

    private async Task FreeOld(
        IReadOnlyList<StoredBlob> orphans, TimeSpan? grace, SweepReport report, CancellationToken cancellation)
    {
        var found = await inventory.OrphanedSince([.. orphans.Select(orphan => orphan.Blob)], report.Began);
        foreach (var (orphan, foundAt) in orphans.Zip(found))
        {
            if (report.Began - foundAt < (grace ?? (orphan.IsFinished ? options.OrphanGrace : options.SweepGrace)))
                report.Waiting.Add(orphan.Length);
            else
                await Free(orphan, report, cancellation);
        }
    }

    private async Task Free(StoredBlob orphan, SweepReport report, CancellationToken cancellation)
    {
        try
        {
            await context.Store.Free(orphan.Blob, cancellation);
            (orphan.IsFinished ? report.Orphaned : report.Unfinished).Add(orphan.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report.Failures++;
            log.LogWarning(e, "{Blob} could not be freed", orphan.Blob);
        }
    }

    private void Tell(SweepReport report)
    {
        MaintenanceMetrics.Swept(report);
        if (report.IsEmpty)
            return;
        log.LogInformation(
            "Swept: {Expired} uploads expired; freed {Unfinished} unfinished and {Orphaned} finished blobs"
            + " that nobody names; {Waiting} wait for their time; {Failures} failures",
            report.Expired, report.Unfinished, report.Orphaned, report.Waiting, report.Failures);
    }
}
