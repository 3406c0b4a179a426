using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Places;

/// <summary>
/// Blobs that nobody needs any more, such as a duplicate's bytes. They are freed beside the requests that left them, for nobody
/// should wait for that; what a crash leaves, a sweep finds.
/// </summary>
internal sealed class Leftovers(IMediaStore store, IInventory inventory, ILogger<Leftovers> log)
{
    private readonly Lock _lock = new();
    private List<Leftover> _waiting = [];
    private Task? _freeing;

    /// <summary>What the journal has said that nobody needs; of a joined blob, its parts.</summary>
    public void Add(IReadOnlyList<BlobId> blobs)
    {
        foreach (var blob in blobs)
        {
            if (blob.Kind == BlobKind.Joined)
                AddShared(blob.Parts);
            else
                Add(new Leftover(blob, MayBeNeeded: false));
        }
    }

    /// <summary>Blobs of partial uploads: others may need them too. Whoever gives one up has done so before, so that of two at the same time one finds that.</summary>
    public void AddShared(IEnumerable<BlobId> blobs)
    {
        foreach (var blob in blobs)
            Add(new Leftover(blob, MayBeNeeded: true));
    }

    /// <summary>Ends when nothing waits to be freed.</summary>
    public Task Freed()
    {
        lock (_lock)
            return _freeing ?? Task.CompletedTask;
    }

    private void Add(Leftover leftover)
    {
        lock (_lock)
        {
            _waiting.Add(leftover);
            _freeing ??= Task.Run(FreeAll);
        }
    }

    private async Task FreeAll()
    {
        while (Take() is { } leftovers)
        {
            foreach (var leftover in leftovers)
                await TryFree(leftover);
        }
    }

    private List<Leftover>? Take()
    {
        lock (_lock)
        {
            if (_waiting.Count > 0)
                return Interlocked.Exchange(ref _waiting, []);
            _freeing = null;
            return null;
        }
    }

    /// <summary>What cannot be freed is only space, so it is logged and left.</summary>
    private async Task TryFree(Leftover leftover)
    {
        KillPoint.Reach(KillPoint.WhileFreeing);
        try
        {
            if (!leftover.MayBeNeeded || (await inventory.Needed([leftover.Blob])).Count == 0)
                await store.Free(leftover.Blob);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "{Blob} could not be freed; a sweep will", leftover.Blob);
        }
    }

    private readonly record struct Leftover(BlobId Blob, bool MayBeNeeded);
}
