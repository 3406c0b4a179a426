using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// Tells a sweep which blobs are used. The order matters: the claims are read before the journal. A
/// claim is released after the commit, so a blob without a claim is in the journal already, or
/// never will be. In the other order a blob could be committed and released between the two reads,
/// and would be missing in both.
/// </summary>
internal sealed class BlobUse(BlobClaims claims, IInventory inventory, SweepReport report, ILogger log) : IBlobUse
{
    /// <inheritdoc/>
    public async Task<IReadOnlySet<BlobId>> Used(IReadOnlyCollection<BlobId> blobs, CancellationToken cancellation)
    {
        var claimed = claims.All();
        var needed = await inventory.Needed([.. blobs.Where(blob => !claimed.Contains(blob))], cancellation);
        return claimed.Union(needed).ToHashSet();
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
