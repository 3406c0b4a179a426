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
        var blob = _store.New();
        await Write(blob, 0, "whole");
        if (finished)
            await _store.Finish(blob, 5);

        await _store.Free(blob);
        await _store.Free(blob);

        Assert.Equal(0, await Length(blob));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await _store.Read(blob));
    }

    [Fact]
    public async Task Freeing_what_is_not_there_does_nothing() => await _store.Free(_store.New());

    [Fact]
    public async Task Who_reads_goes_on_reading_after_the_bytes_are_freed()
    {
        var blob = _store.New();
        await Write(blob, 0, "still here");
        await _store.Finish(blob, 10);

        await using var reader = await _store.Read(blob);
        await _store.Free(blob);

        var buffer = new byte[4];
        Assert.Equal(10, reader.Length);
        Assert.Equal(4, await reader.Read(buffer, 6));
        Assert.Equal("here", Encoding.UTF8.GetString(buffer));
    }

    [Fact]
    public async Task Who_reads_goes_on_reading_while_the_upload_is_finished()
    {
        var blob = _store.New();
        await Write(blob, 0, "whole");

        await using var reader = await _store.Read(blob);
        await _store.Finish(blob, 5);

        Assert.Equal(5, await reader.Read(new byte[10], 0));
    }

    [Fact]
    public async Task Reading_ends_with_zero_at_the_end()
    {
        var blob = _store.New();
        await Write(blob, 0, new byte[10]);

        await using var reader = await _store.Read(blob);
        Assert.Equal(3, await reader.Read(new byte[8], 7));
        Assert.Equal(0, await reader.Read(new byte[8], 10));
        Assert.Equal(0, await reader.Read(new byte[8], 11));
    }
}
