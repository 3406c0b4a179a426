using OrleansIngest.Gateway.Uploads;
using OrleansIngest.Gateway.Uploads.Places;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// Ends uploads of which no byte came for too long, and frees bytes that nobody names: what a crash left between a commit
/// and the freeing that follows it, or a request that never got its answer. Tombstones of deleted media stay: they are
/// facts of the journal, and a deleted id must never come back.
/// </summary>
internal sealed class Sweeper(
    IUploads uploads, IInventory inventory, IMediaStore store, PlaceClaims claims, UploadTable table, UploadExpiry expiry, UploadEnding ending, Leftovers leftovers,
    IngestOptions options, ILogger<Sweeper> log)
{
    /// <summary>Orphans that are written down at once.</summary>
    private const int Batch = 512;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Sweeps once; a second call waits for the first.</summary>
    /// <param name="grace">Instead of the configured grace times.</param>
    /// <param name="cancellation">Ends it between two blobs.</param>
    /// <exception cref="JournalException">It is not known now who needs which bytes.</exception>
    public async Task<SweepReport> Sweep(TimeSpan? grace, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var report = new SweepReport { Began = expiry.Now };
            foreach (var row in await uploads.List(cancellation))
                await EndIfExpired(row, report, cancellation);
            var use = new BlobUse(claims, inventory, report, log);
            await foreach (var orphans in store.Unused(use, cancellation).Chunk(Batch).WithCancellation(cancellation))
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
        if (!expiry.MayHavePassed(row))
            return;
        try
        {
            report.Expired += await table.Find(row.Job, row.Media, cancellation) is { } session && await ending.EndIfExpired(session, cancellation) ? 1 : 0;
            await leftovers.Freed();
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
            await store.Free(orphan.Blob, cancellation);
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
        if (!report.IsEmpty)
            log.LogInformation(
                "Swept: {Expired} uploads expired; freed {Unfinished} unfinished and {Orphaned} finished blobs that nobody names; {Waiting} wait for their time; {Failures} failures",
                report.Expired, report.Unfinished, report.Orphaned, report.Waiting, report.Failures);
    }
}
