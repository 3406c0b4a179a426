using OrleansIngest.Grains.Model;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What nothing uses is found, and nothing else.</summary>
public abstract partial class MediaStoreContract
{
    [Fact]
    public async Task Unused_is_every_blob_that_holds_bytes_and_that_nothing_uses()
    {
        var (unfinished, finished, freed, used) = (_store.New(), _store.New(), _store.New(), _store.New());
        await Write(unfinished, 0, "some");
        await Write(finished, 0, "all of it");
        await Write(freed, 0, "nothing");
        await Write(used, 0, "whole");
        var (content, usedContent) = (await _store.Finish(finished, 9), await _store.Finish(used, 5));
        await _store.Free(freed);

        var found = await _store.Unused(new BlobUse(usedContent)).ToListAsync();

        Assert.Equal(
            new HashSet<(BlobId, long, bool)> { (unfinished, 4, false), (content, 9, true) },
            found.Select(blob => (blob.Blob, blob.Length, blob.IsFinished)).ToHashSet());
        Assert.Equal(2, found.Count);
    }

    [Fact]
    public async Task In_a_new_store_nothing_is_unused() =>
        Assert.Empty(await _store.Unused(new BlobUse()).ToListAsync());

    /// <summary>The other way round a blob could be in use by then, and freed.</summary>
    [Fact]
    public async Task What_is_used_is_asked_after_blobs_were_found()
    {
        var blobs = Enumerable.Range(0, 1000).Select(_ => _store.New()).ToList();
        foreach (var blob in blobs)
            await Write(blob, 0, "x");
        var use = new BlobUse { UsesAllThatIsAsked = true };

        Assert.Empty(await _store.Unused(use).ToListAsync());

        Assert.Equal(blobs.ToHashSet(), use.Asked.SelectMany(asked => asked).ToHashSet());
        Assert.All(use.Asked, asked => Assert.InRange(asked.Count, 1, 512));
    }

    [Fact]
    public async Task Blobs_may_come_and_go_while_they_are_looked_for()
    {
        var blobs = Enumerable.Range(0, 300).Select(_ => _store.New()).ToList();
        foreach (var blob in blobs)
            await Write(blob, 0, "x");

        var seen = new HashSet<BlobId>();
        await foreach (var found in _store.Unused(new BlobUse()))
        {
            Assert.True(seen.Add(found.Blob));
            foreach (var other in blobs.Where(blob => !seen.Contains(blob)).Take(2))
                await _store.Free(other);
            await Write(_store.New(), 0, "y");
        }
    }
}
