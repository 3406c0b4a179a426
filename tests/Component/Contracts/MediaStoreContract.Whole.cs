using System.Buffers;
using System.Security.Cryptography;
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

        var location = await Store(bytes);

        Assert.Equal(length, await _store.Length(location));
        Assert.Equal(bytes, await ReadAll(location));
        Assert.Equal(bytes, await ReadAll(location, _data.Open()));
    }

    [Fact]
    public void Every_place_for_what_comes_in_one_go_is_new() =>
        Assert.Equal(3000, Enumerable.Range(0, 3000).Select(i => _store.NewPlace(i % 3)).Distinct().Count());

    [Fact]
    public async Task It_is_appended_to_once_and_has_room_for_no_more()
    {
        var place = _store.NewPlace(5);
        await using var writer = await _store.Append(place, 0);
        await writer.Write(Bytes("who"));

        await Assert.ThrowsAsync<IOException>(async () => await writer.Write(Bytes("le!")));
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(place, 0));
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(place, 3));
        Assert.Equal(3, writer.Offset);

        await writer.Write(Bytes("le"));
        Assert.Equal("whole", await ReadText(await _store.Finish(place, 5)));
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(place, 5));
    }

    [Theory]
    [InlineData("who", 5)]
    [InlineData("who", 3)]
    [InlineData("whole", 4)]
    [InlineData("whole", 6)]
    public async Task What_did_not_come_whole_cannot_be_finished(string written, long length)
    {
        var place = _store.NewPlace(5);
        await Write(place, 0, written);

        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(place, length));
    }

    [Fact]
    public async Task Finishing_it_may_be_repeated()
    {
        var place = _store.NewPlace(5);
        await Write(place, 0, "whole");

        Assert.Equal(await _store.Finish(place, 5), await _store.Finish(place, 5));
        Assert.Equal(5, await _data.Open().SafeLength(place, recorded: 0));
    }

    [Fact]
    public async Task Freed_it_is_gone_and_its_neighbours_are_not()
    {
        var neighbours = new[] { "one"u8.ToArray(), RandomNumberGenerator.GetBytes(10_000), "three"u8.ToArray() };
        var locations = new List<string>();
        foreach (var bytes in neighbours)
            locations.Add(await Store(bytes));

        await _store.Free(locations[1]);
        await _store.Free(locations[1]);

        Assert.Equal(0, await _store.Length(locations[1]));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await _store.Read(locations[1]));
        Assert.Equal(neighbours[0], await ReadAll(locations[0]));
        Assert.Equal(neighbours[2], await ReadAll(locations[2]));
    }

    [Fact]
    public async Task Who_reads_it_goes_on_reading_after_it_is_freed()
    {
        var bytes = RandomNumberGenerator.GetBytes(100_000);
        var location = await Store(bytes);
        await using var first = await _store.Read(location);
        await using var second = await _store.Read(location);

        await _store.Free(location);
        await first.DisposeAsync();
        await first.DisposeAsync();

        Assert.Equal(bytes, await ReadAll(second));
    }

    [Fact]
    public async Task Of_a_shared_file_everything_can_be_freed_but_what_is_needed_or_read()
    {
        var (needed, orphan, read) = (RandomNumberGenerator.GetBytes(5000), RandomNumberGenerator.GetBytes(9000), RandomNumberGenerator.GetBytes(7000));
        string[] locations = [await Store(orphan), await Store(needed), await Store(orphan), await Store(read)];
        var restarted = _data.Open();
        await using var reader = await restarted.Read(locations[3]);

        await foreach (var shared in restarted.Shared())
        {
            foreach (var part in await restarted.Unneeded(shared, [.. locations[1..2].Where(l => l.StartsWith(shared, StringComparison.Ordinal))]))
                await restarted.Free(part.Place);
            Assert.Empty(await restarted.Unneeded(shared, [.. locations[1..2].Where(l => l.StartsWith(shared, StringComparison.Ordinal))]));
        }

        Assert.Equal(needed, await ReadAll(locations[1], restarted));
        Assert.Equal(read, await ReadAll(reader));
    }

    [Fact]
    public async Task A_file_that_is_being_filled_is_not_on_the_list_of_shared_ones()
    {
        await Store("whole"u8.ToArray());

        Assert.Empty(await _store.Shared().ToListAsync());
    }

    [Fact]
    public async Task Many_that_come_in_one_go_at_once_do_not_mix()
    {
        var contents = Enumerable.Range(0, 300).Select(i => RandomNumberGenerator.GetBytes(1 + 37 * i)).ToList();

        var locations = await Task.WhenAll(contents.Select(bytes => Task.Run(() => Store(bytes)))).Soon();

        for (var i = 0; i < contents.Count; i++)
            Assert.Equal(contents[i], await ReadAll(locations[i]));
    }

    /// <summary>Against a model: a store that is filled, emptied, restarted and swept at random.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_what_is_needed_stays_what_it_was(int seed)
    {
        var random = new Random(seed);
        var needed = new Dictionary<string, byte[]>();
        var store = _store;
        for (var step = 0; step < 400; step++)
        {
            switch (random.Next(10))
            {
                case < 6:
                    var bytes = RandomNumberGenerator.GetBytes(random.Next(20_000));
                    var location = await Store(bytes, store);
                    if (random.Next(4) > 0) // or else nobody ever hears of it
                        needed[location] = bytes;
                    break;
                case < 8 when needed.Count > 0:
                    var freed = needed.Keys.ElementAt(random.Next(needed.Count));
                    needed.Remove(freed);
                    await store.Free(freed);
                    break;
                case 8:
                    await FreeUnneeded(store, needed.Keys);
                    break;
                case 9 when random.Next(5) == 0:
                    store = _data.Open();
                    break;
            }
        }

        foreach (var (location, bytes) in needed)
            Assert.Equal(bytes, await ReadAll(location, store));
    }

    private static async Task FreeUnneeded(IMediaStore store, IReadOnlyCollection<string> needed)
    {
        await foreach (var shared in store.Shared())
        {
            foreach (var part in await store.Unneeded(shared, [.. needed.Where(l => l.StartsWith(shared, StringComparison.Ordinal))]))
                await store.Free(part.Place);
        }
    }

    private Task<string> Store(byte[] bytes) => Store(bytes, _store);

    private static async Task<string> Store(byte[] bytes, IMediaStore store)
    {
        var place = store.NewPlace(bytes.Length);
        await using (var writer = await store.Append(place, 0))
            await writer.Write(new ReadOnlySequence<byte>(bytes));
        return await store.Finish(place, bytes.Length);
    }
}
