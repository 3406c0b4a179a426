using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>Connections break, hang and come back; what arrived counts, and nobody waits for a connection that is dead.</summary>
[Collection(TusCollection.Name)]
public sealed class BrokenLineTests(TusServer fixture)
{
    private const int Length = 3_000_000; // more than what is decided in one step when it comes with its creation

    private static int s_tests;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _file = TestMedia.Bytes(Length);
    private readonly int _sent = 200_000 + Interlocked.Increment(ref s_tests);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_came_before_the_line_broke_is_kept(bool chunked)
    {
        using (await SendPart(chunked))
            await Arrived();

        await CompletesFrom(await TakeOver());
    }

    [Fact]
    public async Task What_came_before_the_line_was_reset_is_kept()
    {
        using var line = await SendPart(chunked: false);
        await Arrived();
        line.Abort();

        await CompletesFrom(await TakeOver());
    }

    [Fact]
    public async Task What_came_with_a_creation_that_broke_is_kept()
    {
        using (var line = await RawConnection.Open(_server))
        {
            await line.SendCreation(_job, _media, Length);
            await line.Send(_file.AsMemory(0, _sent));
            await Arrived();
        }

        await CompletesFrom(await TakeOver());
    }

    [Fact]
    public async Task A_small_file_whose_creation_broke_can_be_created_again()
    {
        using (var line = await RawConnection.Open(_server))
        {
            await line.SendCreation(_job, _media, 100);
            await line.Send(_file.AsMemory(0, 40));
        }

        await Upload.CreateWith(_job, _media, _file[..100], 100).Run(_server);
        await Upload.Head(_job, _media, 100, 100).Run(_server);
    }

    [Fact]
    public async Task A_line_that_turns_into_nonsense_is_a_broken_line()
    {
        await Upload.Create(_job, _media, Length).Run(_server);
        using (var line = await RawConnection.Open(_server))
        {
            await line.SendPatch(Upload.Url(_job, _media), 0, ("Transfer-Encoding", "chunked"));
            await line.Send("3\r\nabc\r\nno number of bytes\r\n");
            Assert.DoesNotContain(" 500 ", await line.ReadHead());
        }

        Assert.InRange(await Offset(), 0, 3);
    }

    [Fact]
    public async Task Who_comes_back_goes_on_at_once_although_the_old_line_hangs()
    {
        using var hanging = await SendPart(chunked: false);
        await Arrived();

        await CompletesFrom(await TakeOver());

        Assert.Equal("", await hanging.ReadHead());
    }

    [Fact]
    public async Task Who_looks_first_learns_the_offset_although_the_old_line_hangs()
    {
        using var hanging = await SendPart(chunked: false);

        await Arrived();

        await Eventually.True("HEAD says what is here", async () => await Offset() == _sent);

        await CompletesFrom(_sent);
    }

    [Fact]
    public async Task An_upload_can_be_given_up_although_a_line_hangs()
    {
        using var hanging = await SendPart(chunked: false);
        await Arrived();

        await Upload.Delete(_job, _media).Run(_server);

        Assert.Equal("", await hanging.ReadHead());
        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
    }

    private async Task<RawConnection> SendPart(bool chunked)
    {
        await Upload.Create(_job, _media, Length).Run(_server);
        var line = await RawConnection.Open(_server);
        await line.SendPatch(Upload.Url(_job, _media), 0, chunked ? ("Transfer-Encoding", "chunked") : ("Content-Length", Length));
        if (chunked)
            await line.Send($"{Length:x}\r\n");
        await line.Send(_file.AsMemory(0, _sent));
        return line;
    }

    /// <summary>Waits for the bytes without asking the server, for whoever asks may end a line that seems to hang.</summary>
    private Task Arrived() => Eventually.True("all that was sent is here", () => _server.HasFileOf(_sent));

    /// <summary>A newcomer's first try: it may be wrong about the offset, and is told the right one.</summary>
    private async Task<long> TakeOver()
    {
        var beyond = await Upload.Patch(_job, _media, Length, []).Refused(409, "offset-mismatch").Run(_server);
        var offset = long.Parse(beyond["Upload-Offset"]!);
        Assert.Equal(_sent, offset);
        return offset;
    }

    private async Task<long> Offset() => await Upload.Offset(_server, _job, _media) ?? 0;

    private async Task CompletesFrom(long offset)
    {
        await Upload.Patch(_job, _media, offset, _file[(int)offset..]).Run(_server);
        Assert.Equal(_file, (await Upload.Download(_job, _media).Run(_server)).Body);
    }
}
