using System.Buffers;
using System.Text;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What every media store promises.</summary>
public abstract partial class MediaStoreContract : IDisposable
{
    /// <summary>The generation of the uploads that have the blobs of these tests.</summary>
    private const long Generation = 1;

    private readonly IMediaStoreData _data;
    private readonly IMediaStore _store;

    protected MediaStoreContract(IMediaStoreData data) => (_data, _store) = (data, data.Open());

    public void Dispose()
    {
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Every_blob_is_new() =>
        Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(_ => _store.New()).Distinct().Count());

    [Fact]
    public async Task A_blob_that_nothing_was_written_to_holds_nothing()
    {
        var blob = _store.New();

        Assert.Equal(0, await Length(blob));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await _store.Read(blob));
    }

    [Fact]
    public async Task Bytes_are_read_back_from_an_incoming_blob_and_from_its_content()
    {
        var blob = _store.New();
        await Write(blob, 0, "all of it");
        Assert.Equal("all of it", await ReadText(blob));

        var content = await _store.Finish(blob, 9);
        Assert.Equal("all of it", await ReadText(content));
        Assert.Equal("all of it", await ReadText(blob));
        Assert.Equal(9, await Length(blob));
    }

    [Fact]
    public async Task An_upload_goes_on_where_it_stopped()
    {
        var blob = _store.New();
        await Write(blob, 0, "first, ");
        Assert.Equal(7, await Length(blob));
        await Write(blob, 7, "second");

        Assert.Equal("first, second", await ReadText(blob));
    }

    [Fact]
    public async Task After_a_restart_a_finished_blob_is_safe_as_a_whole_whatever_was_recorded()
    {
        var blob = _store.New();
        await Write(blob, 0, "all of it");
        await _store.Finish(blob, 9);

        Assert.Equal(9, await _data.Open().SafeLength(blob, recorded: 4));
        Assert.Equal(0, await _data.Open().SafeLength(_store.New(), recorded: 4));
    }

    [Fact]
    public async Task What_was_synced_is_safe()
    {
        var blob = _store.New();
        await using var writer = await _store.Append(blob, 0, Generation);
        await writer.Write(Bytes("all of it"));
        await writer.Sync();

        Assert.Equal(9, writer.SafeOffset);
        Assert.Equal(9, await _data.Open().SafeLength(blob, recorded: 9));
    }

    [Fact]
    public async Task It_goes_on_in_a_new_process_too()
    {
        var blob = _store.New();
        await Write(blob, 0, "first, ");

        var restarted = _data.Open();
        Assert.Equal(7, await Length(blob, restarted));
        await using (var writer = await restarted.Append(blob, 7, Generation))
            await writer.Write(Bytes("second"));
        await restarted.Finish(blob, 13);

        Assert.Equal("first, second", await ReadText(blob));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task What_lies_beyond_the_offset_is_cut_off(long offset)
    {
        var blob = _store.New();
        await Write(blob, 0, "0123456789");
        await Write(blob, offset, "x");

        Assert.Equal(offset + 1, await Length(blob));
        Assert.EndsWith("x", await ReadText(blob), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_can_go_on_beyond_what_is_there()
    {
        var blob = _store.New();
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(blob, 1, Generation));
        Assert.Equal(0, await Length(blob));

        await Write(blob, 0, new byte[10]);
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(blob, 11, Generation));
        Assert.Equal(10, await Length(blob));
    }

    [Fact]
    public async Task Nothing_can_be_added_to_what_is_finished()
    {
        var blob = _store.New();
        await Write(blob, 0, "whole");
        await _store.Finish(blob, 5);

        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(blob, 0, Generation));
        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(blob, 5, Generation));
        Assert.Equal("whole", await ReadText(blob));
    }

    [Fact]
    public async Task Finishing_may_be_repeated()
    {
        var blob = _store.New();
        await Write(blob, 0, "whole");

        var content = await _store.Finish(blob, 5);
        Assert.Equal(content, await _store.Finish(blob, 5));
        Assert.Equal(content, await _data.Open().Finish(blob, 5));
        Assert.Equal("whole", await ReadText(content));
    }

    [Fact]
    public async Task Many_may_finish_the_same_at_the_same_time()
    {
        for (var round = 0; round < 50; round++)
        {
            var blob = _store.New();
            await Write(blob, 0, "whole");

            var stored = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await _store.Finish(blob, 5)))).Soon();

            Assert.Equal("whole", await ReadText(Assert.Single(stored.Distinct())));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Finishing_with_another_length_fails_and_changes_nothing(long length)
    {
        var blob = _store.New();
        await Write(blob, 0, "whole");
        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(blob, length));

        await _store.Finish(blob, 5);
        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(blob, length));
        Assert.Equal("whole", await ReadText(blob));
    }

    [Fact]
    public async Task What_was_never_written_cannot_be_finished() =>
        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(_store.New(), 1));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_media_may_have_no_bytes(bool opened)
    {
        var blob = _store.New();
        if (opened)
            await Write(blob, 0, []);

        var content = await _store.Finish(blob, 0);
        Assert.Equal(content, await _store.Finish(blob, 0));
        Assert.Empty(await ReadAll(content));
        Assert.Equal(0, await Length(content));
    }

    [Fact]
    public async Task A_cancelled_write_writes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await using var writer = await _store.Append(_store.New(), 0, Generation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await writer.Write(new ReadOnlySequence<byte>(new byte[10]), cancelled.Token));
        Assert.Equal(0, writer.Offset);
    }

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private Task Write(BlobId blob, long offset, string text) => Write(blob, offset, Encoding.UTF8.GetBytes(text));

    private async Task Write(BlobId blob, long offset, byte[] bytes)
    {
        await using var writer = await _store.Append(blob, offset, Generation);
        Assert.Equal(offset, writer.Offset);
        await writer.Write(new ReadOnlySequence<byte>(bytes));
        Assert.Equal(offset + bytes.Length, writer.Offset);
        await Keep(writer);
    }

    /// <summary>Makes what was written stay, if the store does not by itself.</summary>
    private async Task Keep(IMediaWriter writer)
    {
        if (!_data.KeepsUnsynced)
            await writer.Sync();
    }

    private async Task<string> ReadText(BlobId blob) => Encoding.UTF8.GetString(await ReadAll(blob));

    /// <summary>Bytes in it, finished or not; 0 if there are none.</summary>
    private async Task<long> Length(BlobId blob, IMediaStore? store = null)
    {
        try
        {
            await using var reader = await (store ?? _store).Read(blob);
            return reader.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private Task<byte[]> ReadAll(BlobId blob) => ReadAll(blob, _store);

    private static async Task<byte[]> ReadAll(BlobId blob, IMediaStore store)
    {
        await using var reader = await store.Read(blob);
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
