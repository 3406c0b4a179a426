using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>Uploads that are cut, change nodes, and go back.</summary>
public sealed class ResumeTests(S3Server server) : S3Test(server)
{
    [Fact]
    public async Task Another_node_goes_on_and_the_frozen_one_changes_nothing()
    {
        var bytes = Random((14 * MiB) + 5);
        await using var frozen = await Store.Append(Blob, 0, generation: 1);
        await Write(frozen, bytes.AsMemory(0, 6 * MiB));
        await frozen.Sync();
        await Write(frozen, Random(2 * MiB)); // it believes to have these

        var other = Data.OpenStore();
        var generation = Data.Rows.TakeOver(Blob.Uuid);
        Assert.Equal(6 * MiB, await other.SafeLength(Blob, recorded: 0));
        await Append(bytes.AsMemory(6 * MiB, 7 * MiB), 6 * MiB, other, generation);

        await Assert.ThrowsAsync<IOException>(async () => await frozen.Sync());
        await Assert.ThrowsAsync<IOException>(async () => await Write(frozen, Random(6 * MiB)));
        await Assert.ThrowsAsync<IOException>(async () => await Store.Append(Blob, 1, generation: 1));

        await Append(bytes.AsMemory(13 * MiB), 13 * MiB, other, generation);
        Assert.Equal(Blob, await other.Finish(Blob, bytes.Length));
        await MustBeStored(bytes, Blob);
    }

    /// <summary>The frozen node has all bytes in memory, and the other one has finished.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public async Task A_frozen_node_does_not_replace_what_was_finished(int size)
    {
        await using var frozen = await Store.Append(Blob, 0, generation: 1);
        await Write(frozen, Random(size * MiB));
        var other = Data.OpenStore();
        var bytes = Random(size * MiB);
        var generation = Data.Rows.TakeOver(Blob.Uuid);
        await Append(bytes, 0, other, generation);
        await other.Finish(Blob, bytes.Length);

        await Assert.ThrowsAsync<IOException>(async () => await Store.Finish(Blob, bytes.Length));

        Assert.Equal(bytes, await ReadAll(other, Blob));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Cut_every_few_MiB_it_writes_at_most_twice_its_bytes(int step)
    {
        var bytes = Random(64 * MiB);
        for (var offset = 0; offset < bytes.Length; offset += step * MiB)
            await Append(bytes.AsMemory(offset, Math.Min(step * MiB, bytes.Length - offset)), offset);
        await Store.Finish(Blob, bytes.Length);

        Assert.InRange(Requests.Bytes, bytes.Length, (2 * bytes.Length) + 10_000);
        await MustBeStored(bytes, Blob);
    }

    [Fact]
    public async Task After_a_crash_what_was_recorded_goes_on_anywhere()
    {
        var bytes = Random(13 * MiB);
        await using var lost = await Store.Append(Blob, 0, generation: 1);
        await Write(lost, bytes.AsMemory(0, 12 * MiB)); // no sync: two parts count, as soon as they are there
        var restarted = Data.OpenStore();
        long length;
        while ((length = await restarted.SafeLength(Blob, recorded: 0)) < 10 * MiB)
            await Task.Yield();

        Assert.Equal(10 * MiB, length);
        await Append(bytes.AsMemory((int)length), length, restarted, Data.Rows.TakeOver(Blob.Uuid));
        await restarted.Finish(Blob, bytes.Length);
        await MustBeStored(bytes, Blob);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(5 * MiB)]
    [InlineData((5 * MiB) + 1)]
    public async Task An_upload_goes_back_to_where_it_was_synced_even_inside_a_part(int promised)
    {
        var bytes = Random(20 * MiB);
        await using (var writer = await Store.Append(Blob, 0, generation: 1))
        {
            await Write(writer, bytes.AsMemory(0, promised));
            await writer.Sync();
            await Write(writer, Random(12 * MiB)); // on a connection that the client has lost
            await writer.Sync();
        }

        await using (await Store.Append(Blob, promised, generation: 1))
            Assert.Equal(promised, await Data.OpenStore().SafeLength(Blob, recorded: 0));

        await Append(bytes.AsMemory(promised), promised);
        await Store.Finish(Blob, bytes.Length);
        await MustBeStored(bytes, Blob);
    }

    /// <summary>
    /// The process that knew of it is gone: a body was to be compared with its digest.
    /// </summary>
    [Fact]
    public async Task It_goes_back_inside_a_part_in_another_process_too()
    {
        var bytes = Random(9 * MiB);
        await Append(bytes.AsMemory(0, 300), 0);
        await Append(bytes.AsMemory(300, 700), 300);
        await Append(Random(11 * MiB), 1000);
        var other = Data.OpenStore();
        var generation = Data.Rows.TakeOver(Blob.Uuid);

        await Append(bytes.AsMemory(1000), 1000, other, generation);
        await other.Finish(Blob, bytes.Length);

        await MustBeStored(bytes, Blob);
    }

    [Fact]
    public async Task Where_nothing_was_synced_inside_a_part_no_upload_can_go_back_to()
    {
        await Append(Random(6 * MiB), 0);

        await Assert.ThrowsAsync<IOException>(async () => await Store.Append(Blob, 100, generation: 1));

        Assert.Equal(6 * MiB, await Store.SafeLength(Blob, recorded: 0));
    }

    /// <summary>
    /// A crash left a part that nobody recorded. A server may refuse to leave it out, and the copy
    /// that is made then may be cut by a crash, too.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_part_that_was_not_recorded_is_left_out(bool crashesAgain)
    {
        var bytes = Random(13 * MiB);
        await Append(bytes.AsMemory(0, 6 * MiB), 0);
        using var bucket = OpenBucket();
        var (upload, number) = (Assert.Single(await Uploads()), await Data.Rows.Reserve(Blob.Uuid, 1, 1));
        using var pool = new BlockPool(6 * MiB);
        using var blocks = new Blocks(pool);
        while (blocks.Length < 5 * MiB)
        {
            blocks.Add(pool.TryRent()!);
            blocks.Fill(new byte[BlockPool.BlockLength]);
        }
        await bucket.PutPart(upload, number!.Value, new Body([], blocks));
        await Append(bytes.AsMemory(6 * MiB), 6 * MiB);

        if (crashesAgain)
        {
            var dying = Data.OpenStore(wrap: new S3Requests
            {
                Answer = request => request.Headers.Contains("x-amz-copy-source")
                    ? new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest)
                    : null,
            }.Wrap);
            await Assert.ThrowsAsync<IOException>(async () => await dying.Finish(Blob, bytes.Length));
            Assert.Equal(bytes.Length, await Store.SafeLength(Blob, recorded: 0));
        }
        await Data.OpenStore().Finish(Blob, bytes.Length);

        await MustBeStored(bytes, Blob);
        Assert.Single(await Keys());
    }

    [Fact]
    public async Task Very_many_small_bodies_become_few_objects()
    {
        var bytes = Random(100 * 1000);
        for (var offset = 0; offset < bytes.Length; offset += 1000)
            await Append(bytes.AsMemory(offset, 1000), offset);

        Assert.InRange((await Keys()).Count, 1, 65);
        Assert.Equal(bytes, await ReadAll(Store, Blob));
        await Store.Finish(Blob, bytes.Length);
        await MustBeStored(bytes, Blob);
    }
}
