using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Model;
using OrleansIngest.Storage.Joined;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>Blobs become objects, once.</summary>
public sealed class FinishTests(S3Server server) : S3Test(server)
{
    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    public async Task A_crash_after_the_object_was_made_is_as_if_it_had_not_been(int size)
    {
        var bytes = Random(size * MiB);
        Data.Rows.Remembers = true;
        await Append(bytes, 0);
        await Store.Finish(Blob, bytes.Length);
        Data.Rows.Remembers = false;

        await Data.OpenStore().Finish(Blob, bytes.Length);
        await Data.OpenStore().Finish(Blob, bytes.Length);

        await MustBeStored(bytes, Blob);
        Assert.Null(await Data.Rows.Find(Blob.Uuid));
    }

    /// <summary>
    /// A multipart upload was started, and then the bytes were too few for a part.
    /// </summary>
    [Fact]
    public async Task So_it_is_if_a_multipart_upload_was_started_in_vain()
    {
        var bytes = Random(1000);
        using var bucket = OpenBucket();
        await Append(bytes, 0);
        var key = Assert.Single(await Keys())[..^".1.0.1000".Length];
        await (await Store.Append(Blob, 0, generation: 1)).DisposeAsync();
        await Data.Rows.Begin(Blob.Uuid, 1, await bucket.StartUpload(key));
        await using (var writer = await Store.Append(Blob, 0, generation: 1))
            await Write(writer, bytes);
        Data.Rows.Remembers = true;
        await Store.Finish(Blob, bytes.Length);
        Data.Rows.Remembers = false;

        var restarted = Data.OpenStore();
        Assert.Equal(bytes.Length, await restarted.SafeLength(Blob, recorded: 0));
        await Assert.ThrowsAsync<IOException>(async () => await restarted.Append(Blob, 0, generation: 1));
        await restarted.Finish(Blob, bytes.Length);

        await MustBeStored(bytes, Blob);
        Assert.Empty(await Uploads());
        Assert.Null(await Data.Rows.Find(Blob.Uuid));
    }

    [Fact]
    public async Task Two_nodes_may_finish_the_same()
    {
        var bytes = Random(13 * MiB);
        await Append(bytes, 0);

        await Task.WhenAll(
            Store.Finish(Blob, bytes.Length).AsTask(), Data.OpenStore().Finish(Blob, bytes.Length).AsTask()).Soon();

        await MustBeStored(bytes, Blob);
    }

    [Fact]
    public async Task If_its_multipart_upload_was_aborted_the_blob_cannot_be_finished()
    {
        await Append(Random(7 * MiB), 0);
        using var bucket = OpenBucket();
        await bucket.Abort(Assert.Single(await Uploads()));

        await Assert.ThrowsAsync<IOException>(async () => await Store.Finish(Blob, 7 * MiB));
    }

    [Fact]
    public async Task An_object_of_other_parts_is_not_taken_for_the_blob()
    {
        var bytes = Random(7 * MiB);
        await Append(bytes, 0);
        using var bucket = OpenBucket();
        var upload = Assert.Single(await Uploads());
        await bucket.Abort(upload);
        var another = new MultipartName(upload.Key, await bucket.StartUpload(upload.Key));
        using var pool = new BlockPool(8 * MiB);
        using var blocks = new Blocks(pool);
        for (var left = 7 * MiB; left > 0; left -= BlockPool.BlockLength)
        {
            blocks.Add(pool.TryRent()!);
            blocks.Fill(new byte[BlockPool.BlockLength]);
        }
        var tag = await bucket.PutPart(another, 1, new Body([], blocks));
        await bucket.Complete(another, [new SentPart(1, tag, 7 * MiB)], 7 * MiB);

        await Assert.ThrowsAsync<IOException>(async () => await Store.Finish(Blob, bytes.Length));
    }

    [Fact]
    public async Task A_small_file_that_comes_whole_is_one_request()
    {
        var bytes = Random(7 * MiB);
        var blob = Store.New(bytes.Length);
        await using (var writer = await Store.Append(blob, 0))
            await Write(writer, bytes);
        Assert.Empty(Requests.All);

        await Store.Finish(blob, bytes.Length);

        Assert.Equal(["PUT"], Requests.All);
        await MustBeStored(bytes, blob);
    }

    [Fact]
    public async Task Cut_it_leaves_nothing()
    {
        var blob = Store.New(MiB);
        await using (var writer = await Store.Append(blob, 0))
            await Write(writer, Random(1000));

        await Store.Free(blob);

        Assert.Empty(Requests.All);
        Assert.Equal(Options.MemoryBudget / BlockPool.BlockLength, Store.Pool.Free);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(9 * MiB)]
    public async Task A_file_of_unknown_length_that_no_upload_has_is_stored(int length)
    {
        var bytes = Random(length);
        await using (var writer = await Store.Append(Blob, 0))
            await Write(writer, bytes);

        await Store.Finish(Blob, bytes.Length);

        await MustBeStored(bytes, Blob);
        Assert.Empty(await Uploads());
    }

    [Fact]
    public async Task It_is_freed_with_everything_that_was_sent()
    {
        await using (var writer = await Store.Append(Blob, 0))
        {
            await Write(writer, Random(12 * MiB));
            await writer.Sync();
        }
        Assert.NotEmpty(await Uploads());

        await Store.Free(Blob);

        Assert.Empty(await Keys());
        Assert.Empty(await Uploads());
        Assert.Equal(0, await Store.SafeLength(Blob, recorded: 0));
    }

    [Theory]
    [InlineData(100, 5, 200)]
    [InlineData(6 * MiB, 1000, 3 * MiB, 5 * MiB, 1, 12 * MiB)]
    [InlineData(1000, 1000, 5 * MiB)]
    [InlineData(5 * MiB)]
    [InlineData(2 * MiB, 0, 2 * MiB, 2 * MiB, 2 * MiB, 2 * MiB)]
    public async Task Parts_become_one_object_by_copies_in_the_server(params int[] lengths)
    {
        var joining = new JoinedMediaStore(Store);
        var (parts, contents) = (new List<BlobId>(), lengths.Select(Random).ToList());
        byte[] all = [.. contents.SelectMany(bytes => bytes)];
        foreach (var bytes in contents)
        {
            parts.Add(Store.New());
            await using (var writer = await Store.Append(parts[^1], 0, generation: 1))
            {
                await Write(writer, bytes);
                await writer.Sync();
            }
        }
        var joined = BlobId.Join(parts);
        foreach (var part in parts.Zip(lengths))
            await Store.Finish(part.First, part.Second);
        var sent = Requests.Bytes;

        var content = await joining.Finish(joined, all.Length);

        Assert.Equal(joined.ToObject(), content);
        Assert.Equal(content, await new JoinedMediaStore(Data.OpenStore()).Finish(joined, all.Length));
        Assert.Equal(all, await ReadAll(Data.OpenStore(), content));
        Assert.InRange(Requests.Bytes - sent, 0, Math.Min(all.Length, lengths.Length * 5 * MiB) + 10_000);
        foreach (var part in parts.Zip(lengths))
            Assert.Equal(part.Second, await Store.SafeLength(part.First, recorded: 0));
        foreach (var part in parts)
            await Store.Free(part);
        await MustBeStored(all, content);
        Assert.Empty(await Uploads());
    }
}
