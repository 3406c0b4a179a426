using System.Buffers;
using System.Text;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What every media store promises.</summary>
public abstract partial class MediaStoreContract : IDisposable
{
    private readonly IMediaStoreData _data;
    private readonly IMediaStore _store;

    protected MediaStoreContract(IMediaStoreData data) => (_data, _store) = (data, data.Open());

    public static TheoryData<string> NoPlaces =>
        ["", "ABC", "../x", "../../etc/passwd", "/etc/passwd", new string('a', 31), new string('A', 32), new string('a', 30) + "/x", new string('a', 32) + "\0",
            new string('a', 32) + "-00000000-00000000", new string('a', 32) + "-00000001-00000001", new string('a', 32) + "-0000A000-00000001", new string('a', 32) + "-+0000000-00000001"];

    public void Dispose()
    {
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Every_place_is_new() =>
        Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(_ => _store.NewPlace()).Distinct().Count());

    [Fact]
    public async Task A_place_that_nothing_was_written_to_holds_nothing()
    {
        var place = _store.NewPlace();

        Assert.Equal(0, await _store.Length(place));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await _store.Read(place));
    }

    [Fact]
    public async Task Bytes_are_read_back_from_a_place_and_from_a_location()
    {
        var place = _store.NewPlace();
        await Write(place, 0, "all of it");
        Assert.Equal("all of it", await ReadText(place));

        var location = await _store.Finish(place, 9);
        Assert.Equal("all of it", await ReadText(location));
        Assert.Equal("all of it", await ReadText(place));
        Assert.Equal(9, await _store.Length(place));
    }

    [Fact]
    public async Task An_upload_goes_on_where_it_stopped()
    {
        var place = _store.NewPlace();
        await Write(place, 0, "first, ");
        Assert.Equal(7, await _store.Length(place));
        await Write(place, 7, "second");

        Assert.Equal("first, second", await ReadText(place));
    }

    [Fact]
    public async Task After_a_restart_a_finished_place_is_safe_as_a_whole_whatever_was_recorded()
    {
        var place = _store.NewPlace();
        await Write(place, 0, "all of it");
        await _store.Finish(place, 9);

        Assert.Equal(9, await _data.Open().SafeLength(place, recorded: 4));
        Assert.Equal(0, await _data.Open().SafeLength(_store.NewPlace(), recorded: 4));
    }

    [Fact]
    public async Task What_was_synced_is_safe()
    {
        var place = _store.NewPlace();
        await using var writer = await _store.Append(place, 0);
        await writer.Write(Bytes("all of it"));
        await writer.Sync();

        Assert.Equal(9, writer.SafeOffset);
        Assert.Equal(9, await _data.Open().SafeLength(place, recorded: 9));
    }

    [Fact]
    public async Task It_goes_on_in_a_new_process_too()
    {
        var place = _store.NewPlace();
        await Write(place, 0, "first, ");

        var restarted = _data.Open();
        Assert.Equal(7, await restarted.Length(place));
        await using (var writer = await restarted.Append(place, 7))
            await writer.Write(Bytes("second"));
        await restarted.Finish(place, 13);

        Assert.Equal("first, second", await ReadText(place));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task What_lies_beyond_the_offset_is_cut_off(long offset)
    {
        var place = _store.NewPlace();
        await Write(place, 0, "0123456789");
        await Write(place, offset, "x");

        Assert.Equal(offset + 1, await _store.Length(place));
        Assert.EndsWith("x", await ReadText(place), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_can_go_on_beyond_what_is_there()
    {
        var place = _store.NewPlace();
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(place, 1));
        Assert.Equal(0, await _store.Length(place));

        await Write(place, 0, new byte[10]);
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(place, 11));
        Assert.Equal(10, await _store.Length(place));
    }

    [Fact]
    public async Task Nothing_can_be_added_to_what_is_finished()
    {
        var place = _store.NewPlace();
        await Write(place, 0, "whole");
        await _store.Finish(place, 5);

        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(place, 0));
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(place, 5));
        Assert.Equal("whole", await ReadText(place));
    }

    [Fact]
    public async Task Finishing_may_be_repeated()
    {
        var place = _store.NewPlace();
        await Write(place, 0, "whole");

        var location = await _store.Finish(place, 5);
        Assert.Equal(location, await _store.Finish(place, 5));
        Assert.Equal(location, await _data.Open().Finish(place, 5));
        Assert.Equal("whole", await ReadText(location));
    }

    [Fact]
    public async Task Many_may_finish_the_same_at_the_same_time()
    {
        for (var round = 0; round < 50; round++)
        {
            var place = _store.NewPlace();
            await Write(place, 0, "whole");

            var locations = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await _store.Finish(place, 5)))).Soon();

            Assert.Equal("whole", await ReadText(Assert.Single(locations.Distinct())));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Finishing_with_another_length_fails_and_changes_nothing(long length)
    {
        var place = _store.NewPlace();
        await Write(place, 0, "whole");
        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(place, length));

        await _store.Finish(place, 5);
        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(place, length));
        Assert.Equal("whole", await ReadText(place));
    }

    [Fact]
    public async Task What_was_never_written_cannot_be_finished() =>
        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(_store.NewPlace(), 1));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_media_may_have_no_bytes(bool opened)
    {
        var place = _store.NewPlace();
        if (opened)
            await Write(place, 0, []);

        var location = await _store.Finish(place, 0);
        Assert.Equal(location, await _store.Finish(place, 0));
        Assert.Empty(await ReadAll(location));
        Assert.Equal(0, await _store.Length(location));
    }

    [Fact]
    public async Task A_cancelled_write_writes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await using var writer = await _store.Append(_store.NewPlace(), 0);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await writer.Write(new ReadOnlySequence<byte>(new byte[10]), cancelled.Token));
        Assert.Equal(0, writer.Offset);
    }

    [Theory]
    [MemberData(nameof(NoPlaces))]
    public async Task A_string_that_is_not_the_store_s_own_is_refused(string place)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.Length(place));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.Append(place, 0));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.Finish(place, 0));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.Read(place));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.Free(place));
    }

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private Task Write(string place, long offset, string text) => Write(place, offset, Encoding.UTF8.GetBytes(text));

    private async Task Write(string place, long offset, byte[] bytes)
    {
        await using var writer = await _store.Append(place, offset);
        Assert.Equal(offset, writer.Offset);
        await writer.Write(new ReadOnlySequence<byte>(bytes));
        Assert.Equal(offset + bytes.Length, writer.Offset);
    }

    private async Task<string> ReadText(string placeOrLocation) => Encoding.UTF8.GetString(await ReadAll(placeOrLocation));

    private Task<byte[]> ReadAll(string placeOrLocation) => ReadAll(placeOrLocation, _store);

    private static async Task<byte[]> ReadAll(string placeOrLocation, IMediaStore store)
    {
        await using var reader = await store.Read(placeOrLocation);
        return await ReadAll(reader);
    }

    private static async Task<byte[]> ReadAll(IMediaReader reader)
    {
        var bytes = new byte[reader.Length];
        var offset = 0;
        while (offset < bytes.Length && await reader.Read(bytes.AsMemory(offset), offset) is var count and > 0)
            offset += count;
        Assert.Equal(bytes.Length, offset);
        return bytes;
    }
}
