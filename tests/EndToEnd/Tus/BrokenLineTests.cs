using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>Connections break, and what arrived before counts.</summary>
[Collection(TusCollection.Name)]
public sealed class BrokenLineTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly InterruptedFile _file = new(fixture.Server);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_came_before_the_line_broke_is_kept(bool chunked)
    {
        (await _file.SendPart(chunked)).Dispose();

        await _file.MustCompleteFrom(await _file.TakeOver());
    }

    /// <summary>An error on a line that lives would make a client give up.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_stops_before_the_announced_end_and_listens_finds_the_line_closed(bool chunked)
    {
        using var line = await _file.SendPart(chunked);
        line.Finish();

        Assert.Equal("", await line.ReadHead());

        await _file.MustCompleteFrom(await _file.TakeOver());
    }

    [Fact]
    public async Task A_creation_that_stops_before_the_announced_end_goes_on_too()
    {
        using var line = await _file.SendPartWithCreation();
        line.Finish();

        Assert.Equal("", await line.ReadHead());

        await _file.MustCompleteFrom(await _file.TakeOver());
    }

    [Fact]
    public async Task What_came_before_the_line_was_reset_is_kept()
    {
        (await _file.SendPart()).Abort();

        await _file.MustCompleteFrom(await _file.TakeOver());
    }

    [Fact]
    public async Task What_came_with_a_creation_that_broke_is_kept()
    {
        (await _file.SendPartWithCreation()).Dispose();

        await _file.MustCompleteFrom(await _file.TakeOver());
    }

    [Fact]
    public async Task A_small_file_whose_creation_broke_can_be_created_again()
    {
        var (job, media, bytes) = (Fresh.Job(), Fresh.Media(), TestMedia.Bytes(100));
        using (var line = await RawConnection.Open(_server))
        {
            await line.SendCreation(job, media, 100);
            await line.Send(bytes.AsMemory(0, 40));
        }

        await Upload.CreateWith(job, media, bytes, 100).Run(_server);
        await Upload.Head(job, media, 100, 100).Run(_server);
    }

    [Fact]
    public async Task A_line_that_turns_into_nonsense_is_a_broken_line()
    {
        var (job, media) = (Fresh.Job(), Fresh.Media());
        await Upload.Create(job, media, 100).Run(_server);
        using (var line = await RawConnection.Open(_server))
        {
            await line.SendPatch(Upload.Url(job, media), 0, ("Transfer-Encoding", "chunked"));
            await line.Send("3\r\nabc\r\nno number of bytes\r\n");
            Assert.DoesNotContain(" 500 ", await line.ReadHead());
        }

        Assert.InRange((await Upload.Offset(_server, job, media))!.Value, 0, 3);
    }
}
