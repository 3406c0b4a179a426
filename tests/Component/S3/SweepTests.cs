using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Model;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>What nothing uses is found in the bucket, and nothing else.</summary>
public sealed class SweepTests(S3Server server) : S3Test(server)
{
    [Fact]
    public async Task Orphans_are_objects_tails_and_multipart_uploads_and_no_others()
    {
        BlobId[] blobs = [Store.New(), Store.New(), Store.New(), Store.New(), Store.New()];
        int[] lengths = [1000, 2000, 6 * MiB, 8 * MiB, 3000];
        foreach (var (blob, length) in blobs.Zip(lengths))
            await Write(blob, length);
        await Store.Finish(blobs[0], 1000);
        await Store.Finish(blobs[4], 3000);
        using var bucket = OpenBucket();
        await bucket.Put($"{Options.Prefix}not/ours", Body.Empty, onlyIfNew: true);
        await bucket.Put($"{Options.Prefix}ab/{Guid.NewGuid():N}x", Body.Empty, onlyIfNew: true);

        var found = await Data.OpenStore().Unused(new BlobUse(blobs[3], blobs[4])).ToListAsync();

        Assert.Equal(
            new HashSet<(BlobId, long, bool)>
            {
                (blobs[0], 1000, true), (blobs[1], 2000, false), (blobs[2], 6 * MiB, false),
            },
            found.Select(one => (one.Blob, one.Length, one.IsFinished)).ToHashSet());
        foreach (var orphan in found)
            await Data.OpenStore().Free(orphan.Blob);
        Assert.Equal(4, (await Keys()).Count); // what is used, a tail of it, and what is not ours
        Assert.Single(await Uploads());
    }

    /// <summary>A node that had lost the upload wrote them after it was finished.</summary>
    [Fact]
    public async Task What_is_left_beside_a_finished_blob_goes_with_a_sweep()
    {
        await Write(Blob, 1000);
        var tail = Assert.Single(await Keys());
        await Store.Finish(Blob, 1000);
        var content = Assert.Single(await Keys());
        using var bucket = OpenBucket();
        await bucket.Put(tail, Body.Empty, onlyIfNew: true);
        await bucket.StartUpload(content);

        Assert.Empty(await Data.OpenStore().Unused(new BlobUse(Blob)).ToListAsync());

        Assert.Equal([content], await Keys());
        Assert.Empty(await Uploads());
    }

    [Fact]
    public async Task A_store_sees_nothing_of_another_prefix()
    {
        await Write(Blob, 6 * MiB);
        foreach (var prefix in new[] { $"{Options.Prefix}x/", Options.Prefix[..^1], Options.Prefix[..^2] })
        {
            var other = Data.OpenStore(Options with { Prefix = prefix });
            Assert.Empty(await other.Unused(new BlobUse()).ToListAsync());
        }
        var inside = Data.OpenStore(Options with { Prefix = $"{Options.Prefix}x/" });
        var blob = inside.New(5);
        await using (var writer = await inside.Append(blob, 0))
            await Write(writer, Random(5));
        await inside.Finish(blob, 5);

        Assert.Equal([Blob], await Store.Unused(new BlobUse()).Select(found => found.Blob).ToListAsync());
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await Store.Read(blob));
    }

    private async Task Write(BlobId blob, int length)
    {
        await using var writer = await Store.Append(blob, 0, generation: 1);
        await Write(writer, Random(length));
        await writer.Sync();
    }
}
