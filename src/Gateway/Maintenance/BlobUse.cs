using OrleansIngest.Gateway.Uploads.Places;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// What one sweep knows of the use of blobs. Claims are looked at before the journal. A blob that
/// is not claimed any more is in the journal by then, or will never be; the other way round one
/// could leave the first list before it is on the second.
/// </summary>
internal sealed class BlobUse(PlaceClaims claims, IInventory inventory, SweepReport report, ILogger log) : IBlobUse
{
    /// <inheritdoc/>
    public async Task<IReadOnlySet<BlobId>> Used(IReadOnlyCollection<BlobId> blobs, CancellationToken cancellation)
    {
        var claimed = claims.All();
        var needed = await inventory.Needed([.. blobs.Where(blob => !claimed.Contains(blob))], cancellation);
        claimed.UnionWith(needed);
        return claimed;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<BlobId>> UsedIn(Guid container, CancellationToken cancellation)
    {
        var used = claims.All().Where(blob => blob.Uuid == container).ToHashSet();
        try
        {
            used.UnionWith(await inventory.NeededIn(container, cancellation));
            return used;
        }
        catch (DamagedRowException e)
        {
            throw new IOException($"It is not known what {container:N} is used for: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Distrust(Guid container, IOException why)
    {
        report.Failures++;
        log.LogWarning(why, "Nothing of {Container} could be freed", container);
    }
}
