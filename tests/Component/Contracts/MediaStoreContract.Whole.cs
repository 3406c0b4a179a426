using System.Buffers;
using System.Security.Cryptography;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>Bytes that come in one go, and may share a file.</summary>
public abstract partial class MediaStoreContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public async Task What_comes_in_one_go_is_read_back(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);

        var content = await Store(bytes);

        Assert.Equal(length, await Length(content));
        Assert.Equal(bytes, await ReadAll(content));
        Assert.Equal(bytes, await ReadAll(content, _data.Open()));
    }

    [Fact]
    public void Every_blob_for_what_comes_in_one_go_is_new() =>
        Assert.Equal(3000, Enumerable.Range(0, 3000).Select(i => _store.New(i % 3)).Distinct().Count());

    [Fact]
    public async Task It_is_appended_to_once_and_has_room_for_no_more()
    {
        var blob = _store.New(5);
        await using var writer = await _store.Append(blob, 0);
        await writer.Write(Bytes("who"));

        await Assert.ThrowsAsync<IOException>(async () => await writer.Write(Bytes("le!")));
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(blob, 0));
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(blob, 3));
        Assert.Equal(3, writer.Offset);

        await writer.Write(Bytes("le"));
        Assert.Equal("whole", await ReadText(await _store.Finish(blob, 5)));
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(blob, 5));
    }

    [Theory]
    [InlineData("who", 5)]
    [InlineData("who", 3)]
    [InlineData("whole", 4)]
    [InlineData("whole", 6)]
    public async Task What_did_not_come_whole_cannot_be_finished(string written, long length)
    {
        var blob = _store.New(5);
        await Write(blob, 0, written);

        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(blob, length));
    }

    [Fact]
    public async Task Finishing_it_may_be_repeated()
    {
        var blob = _store.New(5);
        await Write(blob, 0, "whole");

        Assert.Equal(await _store.Finish(blob, 5), await _store.Finish(blob, 5));
        Assert.Equal(5, await _data.Open().SafeLength(blob, recorded: 0));
    }

    [Fact]
    public async Task Freed_it_is_gone_and_its_neighbours_are_not()
    {
        var neighbours = new[] { "one"u8.ToArray(), RandomNumberGenerator.GetBytes(10_000), "three"u8.ToArray() };
        var stored = new List<BlobId>();
        foreach (var bytes in neighbours)
            stored.Add(await Store(bytes));

        await _store.Free(stored[1]);
        await _store.Free(stored[1]);

        Assert.Equal(0, await Length(stored[1]));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await _store.Read(stored[1]));
        Assert.Equal(neighbours[0], await ReadAll(stored[0]));
        Assert.Equal(neighbours[2], await ReadAll(stored[2]));
    }

    [Fact]
    public async Task Who_reads_it_goes_on_reading_after_it_is_freed()
    {
        var bytes = RandomNumberGenerator.GetBytes(100_000);
        var content = await Store(bytes);
        await using var first = await _store.Read(content);
        await using var second = await _store.Read(content);

        await _store.Free(content);
        await first.DisposeAsync();
        await first.DisposeAsync();

        Assert.Equal(bytes, await ReadAll(second));
    }

    [Fact]
    public async Task Of_a_shared_file_everything_can_be_freed_but_what_is_needed_or_read()
    {
        var (needed, orphan, read) = (
            RandomNumberGenerator.GetBytes(5000),
            RandomNumberGenerator.GetBytes(9000),
            RandomNumberGenerator.GetBytes(7000));
        BlobId[] stored = [await Store(orphan), await Store(needed), await Store(orphan), await Store(read)];
        var restarted = _data.Open();
        await using var reader = await restarted.Read(stored[3]);

        await FreeUnused(restarted, stored[1..2]);
        Assert.Empty(await restarted.Unused(new BlobUse(stored[1..2])).ToListAsync());

        Assert.Equal(needed, await ReadAll(stored[1], restarted));
        Assert.Equal(read, await ReadAll(reader));
    }

    [Fact]
    public async Task Of_a_file_that_is_being_filled_nothing_is_unused()
    {
        var content = await Store("whole"u8.ToArray());

        var unused = await _store.Unused(new BlobUse()).Select(found => found.Blob).ToListAsync();

        Assert.Equal(_data.SharesFiles ? [] : [content], unused);
    }

    [Fact]
    public async Task Many_that_come_in_one_go_at_once_do_not_mix()
    {
        var contents = Enumerable.Range(0, 300).Select(i => RandomNumberGenerator.GetBytes(1 + 37 * i)).ToList();

        var stored = await Task.WhenAll(contents.Select(bytes => Task.Run(() => Store(bytes)))).Soon();

        for (var i = 0; i < contents.Count; i++)
            Assert.Equal(contents[i], await ReadAll(stored[i]));
    }

    /// <summary>
    /// Against a model: a store that is filled, emptied, restarted and swept at random.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_what_is_needed_stays_what_it_was(int seed)
    {
        var random = new Random(seed);
        var needed = new Dictionary<BlobId, byte[]>();
        var store = _store;
        for (var step = 0; step < 400; step++)
        {
            switch (random.Next(10))
            {
                case < 6:
                    var bytes = RandomNumberGenerator.GetBytes(random.Next(20_000));
                    var content = await Store(bytes, store);
                    if (random.Next(4) > 0) // or else nobody ever hears of it
                        needed[content] = bytes;
                    break;
                case < 8 when needed.Count > 0:
                    var freed = needed.Keys.ElementAt(random.Next(needed.Count));
                    needed.Remove(freed);
                    await store.Free(freed);
                    break;
                case 8:
                    await FreeUnused(store, needed.Keys);
                    break;
                case 9 when random.Next(5) == 0:
                    store = _data.Open();
                    break;
            }
        }

        foreach (var (content, bytes) in needed)
            Assert.Equal(bytes, await ReadAll(content, store));
    }

    private static async Task FreeUnused(IMediaStore store, IReadOnlyCollection<BlobId> used)
    {
        await foreach (var unused in store.Unused(new BlobUse(used)))
            await store.Free(unused.Blob);
    }

    private Task<BlobId> Store(byte[] bytes) => Store(bytes, _store);

    private static async Task<BlobId> Store(byte[] bytes, IMediaStore store)
    {
        var blob = store.New(bytes.Length);
        await using (var writer = await store.Append(blob, 0))
            await writer.Write(new ReadOnlySequence<byte>(bytes));
        return await store.Finish(blob, bytes.Length);
    }
}
