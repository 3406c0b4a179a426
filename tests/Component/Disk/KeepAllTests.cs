using System.Buffers;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Model;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;

namespace OrleansIngest.Component.Tests.Disk;

/// <summary>
/// While a disk store's bytes are copied nothing is freed; afterwards all of it is.
/// </summary>
public sealed class KeepAllTests : IDisposable
{
    private readonly DiskData _data = new(Durability.Process);
    private readonly DiskMediaStore _store;

    // Each body that comes in one go has a segment of its own.
    public KeepAllTests() => _store = _data.OpenStore(segmentSize: 1);

    public static TheoryData<bool> Kinds => [true, false];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_freed_meanwhile_can_be_read_until_the_last_one_is_done(bool alone)
    {
        var blob = await Write(alone);
        var (first, second) = (_store.KeepAll(), _store.KeepAll());

        await _store.Free(blob);
        await _store.Free(blob);
        first.Dispose();
        first.Dispose();
        Assert.Equal([1, 2, 3], await Read(blob));
        second.Dispose();

        await Assert.ThrowsAsync<FileNotFoundException>(() => Read(blob));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bytes_go_on_being_written_and_afterwards_freed(bool alone)
    {
        BlobId blob;
        using (_store.KeepAll())
        {
            blob = await Write(alone);
            Assert.Equal([1, 2, 3], await Read(blob));
        }

        Assert.Equal([1, 2, 3], await Read(blob));
        await _store.Free(blob);
        await Assert.ThrowsAsync<FileNotFoundException>(() => Read(blob));
    }

    /// <summary>For the free may be one that is not remembered.</summary>
    [Fact]
    public async Task A_sweep_finds_what_was_freed_meanwhile_before_it_was_finished()
    {
        using var _ = _store.KeepAll();
        var blob = _store.New(3);
        await using (var writer = await _store.Append(blob, 0))
            await writer.Write(new ReadOnlySequence<byte>([1, 2, 3]));
        _store.New(3); // in the next segment
        Assert.Empty(await _store.Unused(new BlobUse()).ToListAsync());

        await _store.Free(blob);

        Assert.Equal(blob.Uuid, Assert.Single(await _store.Unused(new BlobUse()).ToListAsync()).Blob.Uuid);
    }

    /// <summary>A sweep finds what is not remembered.</summary>
    [Fact]
    public void How_many_are_remembered_is_bounded()
    {
        var frees = new PutOffFrees();
        frees.Hold();
        for (var i = 0; i < PutOffFrees.MaxRemembered + 5; i++)
            Assert.True(frees.TryPutOff(BlobId.NewFile()));

        var (blobs, forgotten) = frees.Release();

        Assert.Equal((PutOffFrees.MaxRemembered, 5), (blobs.Count, forgotten));
        Assert.False(frees.TryPutOff(BlobId.NewFile()));
    }

    public void Dispose() => _data.Dispose();

    private async Task<BlobId> Write(bool alone)
    {
        var blob = alone ? _store.New() : _store.New(3);
        await using (var writer = await _store.Append(blob, 0))
            await writer.Write(new ReadOnlySequence<byte>([1, 2, 3]));
        return await _store.Finish(blob, 3);
    }

    private async Task<byte[]> Read(BlobId blob)
    {
        await using var reader = await _store.Read(blob);
        var bytes = new byte[reader.Length];
        Assert.Equal(bytes.Length, await reader.Read(bytes, 0));
        return bytes;
    }
}
