using System.Buffers;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;

namespace OrleansIngest.Component.Tests.Disk;

/// <summary>While somebody copies a disk store's bytes, nothing is given back; afterwards all of it is.</summary>
public sealed class KeepAllTests : IDisposable
{
    private readonly DiskData _data = new(Durability.Process);
    private readonly DiskMediaStore _store;

    public KeepAllTests() => _store = _data.OpenStore();

    public static TheoryData<bool> Kinds => [true, false];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_freed_meanwhile_can_be_read_until_the_last_one_is_done(bool alone)
    {
        var place = await Write(alone);
        var (first, second) = (_store.KeepAll(), _store.KeepAll());

        await _store.Free(place);
        await _store.Free(place);
        first.Dispose();
        first.Dispose();
        Assert.Equal([1, 2, 3], await Read(place));
        second.Dispose();

        await Assert.ThrowsAsync<FileNotFoundException>(() => Read(place));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bytes_go_on_being_written_and_afterwards_freed(bool alone)
    {
        string place;
        using (_store.KeepAll())
        {
            place = await Write(alone);
            Assert.Equal([1, 2, 3], await Read(place));
        }

        Assert.Equal([1, 2, 3], await Read(place));
        await _store.Free(place);
        await Assert.ThrowsAsync<FileNotFoundException>(() => Read(place));
    }

    /// <summary>For the free may be one that is not remembered.</summary>
    [Fact]
    public async Task A_sweep_finds_what_was_freed_meanwhile_before_it_was_finished()
    {
        using var _ = _store.KeepAll();
        var place = _store.NewPlace(3);
        await using (var writer = await _store.Append(place, 0))
            await writer.Write(new ReadOnlySequence<byte>([1, 2, 3]));
        var segment = Path.GetFileName(Assert.Single(_data.Segments));
        Assert.Empty(await _store.Unneeded(segment, []));

        await _store.Free(place);

        Assert.Single(await _store.Unneeded(segment, []));
    }

    /// <summary>A sweep finds what is not remembered.</summary>
    [Fact]
    public void How_many_are_remembered_is_bounded()
    {
        var frees = new PutOffFrees();
        frees.Hold();
        for (var i = 0; i < PutOffFrees.MaxRemembered + 5; i++)
            Assert.True(frees.TryPutOff($"place {i}"));

        var (places, forgotten) = frees.Release();

        Assert.Equal((PutOffFrees.MaxRemembered, 5), (places.Count, forgotten));
        Assert.False(frees.TryPutOff("another"));
    }

    public void Dispose() => _data.Dispose();

    private async Task<string> Write(bool alone)
    {
        var place = alone ? _store.NewPlace() : _store.NewPlace(3);
        await using (var writer = await _store.Append(place, 0))
            await writer.Write(new ReadOnlySequence<byte>([1, 2, 3]));
        return await _store.Finish(place, 3);
    }

    private async Task<byte[]> Read(string location)
    {
        await using var reader = await _store.Read(location);
        var bytes = new byte[reader.Length];
        Assert.Equal(bytes.Length, await reader.Read(bytes, 0));
        return bytes;
    }
}
