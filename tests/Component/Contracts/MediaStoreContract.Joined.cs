using System.Security.Cryptography;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>Blobs in a row that are one.</summary>
public abstract partial class MediaStoreContract
{
    private List<byte[]>? _made;

    private List<byte[]> Parts => _made ??=
    [
        .. new[] { 4000, 0, 1, 70_000 }.Where(length => length > 0 || _data.KeepsEmpty)
            .Select(RandomNumberGenerator.GetBytes),
    ];

    private byte[] Whole => [.. Parts.SelectMany(part => part)];

    [Fact]
    public async Task Places_in_a_row_are_read_as_one()
    {
        var joined = await Join();
        Assert.Equal(Whole, await ReadAll(joined));

        var content = await _store.Finish(joined, Whole.Length);

        Assert.Equal(Whole, await ReadAll(content));
        Assert.Equal(Whole, await ReadAll(content, _data.Open()));
        Assert.Equal(Whole.Length, await Length(content));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3999)]
    [InlineData(4000)]
    [InlineData(4001)]
    [InlineData(74_000)]
    [InlineData(74_001)]
    [InlineData(100_000)]
    public async Task They_are_read_from_anywhere(int offset)
    {
        await using var reader = await _store.Read(await Join());
        var buffer = new byte[100];

        var count = await reader.Read(buffer, offset);

        Assert.Equal(offset >= Whole.Length, count == 0);
        Assert.Equal(Whole.Skip(offset).Take(count), buffer.Take(count));
    }

    [Fact]
    public async Task The_same_blob_may_come_twice_and_be_in_several_rows()
    {
        var blob = _store.New();
        await Write(blob, 0, "again");

        var (twice, once) = (BlobId.Join([blob, blob]), BlobId.Join([blob]));

        Assert.Equal("againagain", await ReadText(await _store.Finish(twice, 10)));
        Assert.Equal("again", await ReadText(await _store.Finish(once, 5)));
        Assert.NotEqual(twice, BlobId.Join([blob, blob]));
    }

    [Fact]
    public async Task Finishing_them_finishes_each_and_may_be_repeated()
    {
        var joined = await Join();

        Assert.Equal(await _store.Finish(joined, Whole.Length), await _data.Open().Finish(joined, Whole.Length));

        foreach (var (blob, bytes) in joined.Parts.Zip(Parts))
            Assert.Equal(bytes.Length, await _data.Open().SafeLength(blob, recorded: 0));
    }

    [Fact]
    public async Task Only_as_many_bytes_as_they_hold_can_be_finished()
    {
        var joined = await Join();

        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(joined, Whole.Length - 1));
        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(joined, Whole.Length + 1));
    }

    [Fact]
    public async Task Together_they_take_no_bytes_and_give_none_back()
    {
        var joined = await Join();

        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(joined, 0));
        await _store.Free(joined);

        Assert.Equal(0, await _store.SafeLength(joined, recorded: 0));
        Assert.Equal(Whole, await ReadAll(joined));
    }

    /// <summary>
    /// A client may send a part that has no byte: then nothing was ever written to it.
    /// </summary>
    [Fact]
    public async Task A_part_to_which_nothing_was_written_is_empty()
    {
        var (blob, empty) = (_store.New(), _store.New());
        await Write(blob, 0, "whole");

        var content = await _store.Finish(BlobId.Join([empty, blob, empty]), 5);

        Assert.Equal("whole", await ReadText(content));
        Assert.Equal(content, await _store.Finish(content, 5));
    }

    [Fact]
    public async Task If_one_of_them_is_gone_so_is_the_whole()
    {
        var joined = await Join();

        await _store.Free(joined.Parts[^1]);

        await Assert.ThrowsAsync<FileNotFoundException>(async () => await _store.Read(joined));
    }

    [Fact]
    public async Task Who_reads_them_goes_on_reading_after_each_is_freed()
    {
        var joined = await Join();
        await using var reader = await _store.Read(joined);

        foreach (var blob in joined.Parts)
            await _store.Free(blob);

        Assert.Equal(Whole, await ReadAll(reader));
    }

    private async Task<BlobId> Join()
    {
        var blobs = new List<BlobId>();
        foreach (var part in Parts)
        {
            blobs.Add(_store.New());
            await Write(blobs[^1], 0, part);
        }
        return BlobId.Join(blobs);
    }
}
