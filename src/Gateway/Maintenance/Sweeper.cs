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
    private const int Batch = 512;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Sweeps once. A concurrent call waits for the first one.</summary>
    /// <param name="grace">The grace time; null for the configured ones.</param>
    /// <param name="cancellation">Stops the sweep between two places.</param>
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
    /// Frees the places that are neither claimed nor named by the journal. The order matters: the
    /// claims are read before the journal. A claim is released after the commit, so a place without
    /// a claim is in the journal already, or never will be. In the other order a place could be
    /// committed and released between the two reads, and would be missing in both.
    /// </summary>
    private async Task FreeOrphans(PlaceInfo[] places, TimeSpan? grace, SweepReport report, CancellationToken cancellation)
    {
        var claimed = claims.All();
        var unclaimed = places.Where(place => !claimed.Contains(place.Place)).ToList();
        var needed = await inventory.Needed(unclaimed.ConvertAll(place => place.Place), cancellation);
        await FreeOld([.. unclaimed.Where(place => !needed.Contains(place.Place))], grace, report, cancellation);
    }

    /// <summary>
    /// Frees what is not needed of a shared file. Reads in the same order: first the list of sealed
    /// files, which get no new place, then the claims, then the journal.
    /// </summary>
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
