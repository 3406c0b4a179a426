using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// Bodies that are longer than announced: what fits is kept, and the upload goes on. For shorter
/// bodies see <see cref="BrokenLineTests"/>.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class BodyLengthTests(TusServer fixture)
{
    private const int Length = 2_000_000; // more than what is decided in one step when it comes with its creation
    private const int Part = 700_000;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _bytes = TestMedia.Bytes(Length);

    [Fact]
    public async Task What_came_before_a_body_turned_out_to_be_too_long_is_kept()
    {
        await Upload.Create(_job, _media, Length).Run(_server);
        using var line = await RawConnection.Open(_server);
        await line.SendPatch(Upload.Url(_job, _media), 0, ("Transfer-Encoding", "chunked"));
        await line.Send($"{Part:x}\r\n");
        await line.Send(_bytes.AsMemory(0, Part));
        await Eventually.True("the first part is here", () => _server.HasFileOf(Part));

        await line.Send($"\r\n{Length - Part + 1:x}\r\n");
        await line.Send(_bytes.AsMemory(Part));
        await line.Send("!\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", await line.ReadHead());

        var offset = (await Upload.Offset(_server, _job, _media))!.Value;
        Assert.InRange(offset, Part, Length);
        await GoesOnFrom(offset);
    }

    [Fact]
    public async Task What_is_kept_is_safe()
    {
        await using var server = await IngestServer.Start("Durability=disk");
        await Upload.Create(_job, _media, Part).Run(server);
        using var line = await RawConnection.Open(server);
        await line.SendPatch(Upload.Url(_job, _media), 0, ("Transfer-Encoding", "chunked"));
        await line.Send($"{Part:x}\r\n");
        await line.Send(_bytes.AsMemory(0, Part));
        await Eventually.True("all of it is here", () => server.HasFileOf(Part));
        await line.Send("\r\n1\r\n!\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", await line.ReadHead());

        await server.Kill();
        await server.Restart();

        await Upload.Head(_job, _media, Part, Part).Run(server);
        Assert.Equal(_bytes[..Part], (await Upload.Download(_job, _media).Run(server)).Body);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(Length)]
    public async Task A_creation_whose_body_is_announced_too_long_never_was(int length)
    {
        await Upload.CreateWith(_job, _media, TestMedia.Bytes(length + 1), length)
            .Refused(413, "body-too-long").Run(_server);

        await Upload.HeadOfNone(_job, _media, 404).Run(_server);
    }

    [Fact]
    public async Task A_creation_whose_body_turns_out_to_be_too_long_can_go_on()
    {
        await (Upload.CreateWith(_job, _media, TestMedia.Bytes(Length + 1), Length) with { Chunked = true })
            .Refused(413, "body-too-long").Run(_server);

        await GoesOnFrom((await Upload.Offset(_server, _job, _media))!.Value);
    }

    private async Task GoesOnFrom(long offset)
    {
        await Upload.Head(_job, _media, offset, Length).Run(_server);
        await Upload.Patch(_job, _media, offset, _bytes[(int)offset..]).Run(_server);
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
    }
}
