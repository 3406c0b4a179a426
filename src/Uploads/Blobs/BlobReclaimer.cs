using Microsoft.Extensions.Logging;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads.Blobs;

/// <summary>
/// Frees blobs that nobody needs any more, such as a duplicate's. It does so beside the requests
/// that left them, because no client should wait for that. A sweep finds what a crash leaves.
/// </summary>
public sealed class BlobReclaimer(IMediaStore store, IInventory inventory, ILogger<BlobReclaimer> log)
{
    private readonly Lock _lock = new();
    private List<Unneeded> _waiting = [];
    private Task? _freeing;

    /// <summary>Frees blobs that the journal has given up. Of a joined blob, its parts.</summary>
    public void Add(IReadOnlyList<BlobId> blobs)
    {
        foreach (var blob in blobs)
        {
            if (blob.Kind == BlobKind.Joined)
                AddShared(blob.Parts);
            else
                Add(new Unneeded(blob, MayBeShared: false));
        }
    }

    /// <summary>
    /// Frees blobs of partial uploads, if no other upload or media needs them. The caller has
    /// removed its own claim before: so of two that give up the same part at the same time, one
    /// finds that it is not needed.
    /// </summary>
    public void AddShared(IEnumerable<BlobId> blobs)
    {
        foreach (var blob in blobs)
            Add(new Unneeded(blob, MayBeShared: true));
    }

    /// <summary>Ends when no blob waits to be freed.</summary>
    public Task Freed()
    {
        lock (_lock)
            return _freeing ?? Task.CompletedTask;
    }

    private void Add(Unneeded blob)
    {
        lock (_lock)
        {
            _waiting.Add(blob);
            _freeing ??= Task.Run(FreeAll);
        }
    }

    private async Task FreeAll()
    {
        while (Take() is { } blobs)
        {
            foreach (var blob in blobs)
                await TryFree(blob);
        }
    }

    private List<Unneeded>? Take()
    {
        lock (_lock)
        {
            if (_waiting.Count > 0)
                return Interlocked.Exchange(ref _waiting, []);
            _freeing = null;
            return null;
        }
    }

    /// <summary>
    /// A blob that cannot be freed only costs space, so that is logged and left to the sweep.
    /// </summary>
    private async Task TryFree(Unneeded unneeded)
    {
        KillPoint.Reach(KillPoint.WhileFreeing);
        try
        {
            if (!unneeded.MayBeShared || (await inventory.Needed([unneeded.Blob])).Count == 0)
                await store.Free(unneeded.Blob);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "{Blob} could not be freed; a sweep will", unneeded.Blob);
        }
    }

    private readonly record struct Unneeded(BlobId Blob, bool MayBeShared);
}
