using System.Text;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>Reading and freeing.</summary>
public abstract partial class MediaStoreContract
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Freed_bytes_are_gone(bool finished)
    {
        var place = _store.NewPlace();
        await Write(place, 0, "whole");
        if (finished)
            await _store.Finish(place, 5);

        await _store.Free(place);
        await _store.Free(place);

        Assert.Equal(0, await _store.Length(place));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await _store.Read(place));
    }

    [Fact]
    public async Task Freeing_what_is_not_there_does_nothing() => await _store.Free(_store.NewPlace());

    [Fact]
    public async Task Who_reads_goes_on_reading_after_the_bytes_are_freed()
    {
        var place = _store.NewPlace();
        await Write(place, 0, "still here");
        await _store.Finish(place, 10);

        await using var reader = await _store.Read(place);
        await _store.Free(place);

        var buffer = new byte[4];
        Assert.Equal(10, reader.Length);
        Assert.Equal(4, await reader.Read(buffer, 6));
        Assert.Equal("here", Encoding.UTF8.GetString(buffer));
    }

    [Fact]
    public async Task Who_reads_goes_on_reading_while_the_upload_is_finished()
    {
        var place = _store.NewPlace();
        await Write(place, 0, "whole");

        await using var reader = await _store.Read(place);
        await _store.Finish(place, 5);

        Assert.Equal(5, await reader.Read(new byte[10], 0));
    }

    [Fact]
    public async Task Reading_ends_with_zero_at_the_end()
    {
        var place = _store.NewPlace();
        await Write(place, 0, new byte[10]);

        await using var reader = await _store.Read(place);
        Assert.Equal(3, await reader.Read(new byte[8], 7));
        Assert.Equal(0, await reader.Read(new byte[8], 10));
        Assert.Equal(0, await reader.Read(new byte[8], 11));
    }
}
