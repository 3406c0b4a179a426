using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// Ends uploads of which no byte came for too long, and frees bytes that nobody names: what a crash left between a commit
/// and the freeing that follows it, or a request that never got its answer. Tombstones of deleted media stay: they are
/// facts of the journal, and a deleted id must never come back.
/// </summary>
internal sealed class Sweeper(
    UploadService uploads, UploadContext context, IInventory inventory, BlobClaims claims,
    IngestOptions options, ILogger<Sweeper> log)
{
    private const int Batch = 512;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Sweeps once; a second call waits for the first.</summary>
    /// <param name="grace">Instead of the configured grace times.</param>
    /// <param name="cancellation">Ends it between two places.</param>
    /// <exception cref="JournalException">It is not known now who needs which bytes.</exception>
    public async Task<SweepReport> Sweep(TimeSpan? grace, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var report = new SweepReport { Began = context.Expiry.Now };
            foreach (var row in await context.Rows.List(cancellation))
                await EndIfExpired(row, report, cancellation);
            await foreach (var places in context.Store.List(cancellation).Chunk(Batch).WithCancellation(cancellation))
                await FreeOrphans(places, grace, report, cancellation);
            await foreach (var shared in context.Store.Shared(cancellation))
                await FreeUnneeded(shared, grace, report, cancellation);
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

    /// <summary>
    /// Claims are looked at before the journal. A place that is not claimed any more is in the journal by then, or will
    /// never be; the other way round one could leave the first list before it is on the second.
    /// </summary>
    private async Task FreeOrphans(PlaceInfo[] places, TimeSpan? grace, SweepReport report, CancellationToken cancellation)
    {
        var claimed = claims.All();
        var unclaimed = places.Where(place => !claimed.Contains(place.Place)).ToList();
        var needed = await inventory.Needed(unclaimed.ConvertAll(place => place.Place), cancellation);
        await FreeOld([.. unclaimed.Where(place => !needed.Contains(place.Place))], grace, report, cancellation);
    }

    /// <summary>In the same order; and first of all the file was on the list of those in which no new place comes.</summary>
    private async Task FreeUnneeded(string shared, TimeSpan? grace, SweepReport report, CancellationToken cancellation)
    {
        var claimed = claims.All().Where(place => place.StartsWith(shared, StringComparison.Ordinal));
        var needed = await inventory.NeededIn(shared, cancellation);
        try
        {
            await FreeOld(await context.Store.Unneeded(shared, [.. needed.Union(claimed)], cancellation), grace, report, cancellation);
        }
        catch (IOException e)
        {
            report.Failures++;
            log.LogWarning(e, "Nothing of {Shared} could be freed", shared);
        }
    }

    private async Task FreeOld(IReadOnlyList<PlaceInfo> orphans, TimeSpan? grace, SweepReport report, CancellationToken cancellation)
    {
        if (orphans.Count == 0)
            return;
        var found = await inventory.OrphanedSince([.. orphans.Select(orphan => orphan.Place)], report.Began);
        foreach (var (orphan, foundAt) in orphans.Zip(found))
        {
            if (report.Began - foundAt < (grace ?? (orphan.IsFinished ? options.OrphanGrace : options.SweepGrace)))
                report.Waiting.Add(orphan.Length);
            else
                await Free(orphan, report, cancellation);
        }
    }

    private async Task Free(PlaceInfo orphan, SweepReport report, CancellationToken cancellation)
    {
        try
        {
            await context.Store.Free(orphan.Place, cancellation);
            (orphan.IsFinished ? report.Orphaned : report.Unfinished).Add(orphan.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report.Failures++;
            log.LogWarning(e, "{Place} could not be freed", orphan.Place);
        }
    }

    private void Tell(SweepReport report)
    {
        MaintenanceMetrics.Swept(report);
        if (!report.IsEmpty)
            log.LogInformation(
                "Swept: {Expired} uploads expired; freed {Unfinished} unfinished and {Orphaned} finished places that nobody names; {Waiting} wait for their time; {Failures} failures",
                report.Expired, report.Unfinished, report.Orphaned, report.Waiting, report.Failures);
    }
}
