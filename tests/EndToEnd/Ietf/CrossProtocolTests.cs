using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>
/// An upload that was begun in one protocol can be asked about, finished and given up in the other.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class CrossProtocolTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Theory]
    [InlineData(5)]
    [InlineData(null)]
    public async Task From_tus_to_the_IETF(int? length)
    {
        var url = Upload.Url(_job, _media);
        await Upload.Create(_job, _media, length, ("filename", "roof.jpg")).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);

        await Form.Final.Head(url, 3, isComplete: false, length).Run(_server);
        await Form.Final.Append(url, 3, [4, 5], isLast: true).Run(_server);

        await Upload.Head(_job, _media, 5, 5).Run(_server);
        await MustHave([1, 2, 3, 4, 5], _media);
    }

    [Fact]
    public async Task From_the_IETF_to_tus()
    {
        var media = await Begin(length: 5);

        await Upload.Head(_job, media, 3, 5).Run(_server);
        await Upload.Patch(_job, media, 3, [4, 5]).Run(_server);

        await Form.Final.Head(Upload.Url(_job, media), 5, isComplete: true, 5).Run(_server);
        await MustHave([1, 2, 3, 4, 5], media);
    }

    [Fact]
    public async Task From_the_IETF_to_tus_before_the_length_is_known()
    {
        var media = await Begin(length: null);

        await Upload.Head(_job, media, 3, null).Run(_server);
        await Upload.Patch(_job, media, 3, [4, 5]).With("Upload-Length", "5").Run(_server);

        await MustHave([1, 2, 3, 4, 5], media);
    }

    /// <summary>
    /// In tus a body that is too long leaves an upload as it is. In the IETF protocol it ends the
    /// upload, but not if all bytes were there before.
    /// </summary>
    [Fact]
    public async Task What_is_whole_is_not_lost_for_a_byte_too_many()
    {
        var file = TestMedia.Bytes(432_101);
        await Upload.Create(_job, _media, file.Length).Run(_server);
        using var line = await RawConnection.Open(_server);
        await line.SendPatch(Upload.Url(_job, _media), 0, ("Transfer-Encoding", "chunked"));
        await line.Send($"{file.Length:x}\r\n");
        await line.Send(file);
        await Eventually.True("all of it is here", () => _server.HasFileOf(file.Length));
        await line.Send("\r\n1\r\n!\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", await line.ReadHead());

        var append = Form.Final.Append(Upload.Url(_job, _media), file.Length, [1], isLast: false);
        await (append with { Chunked = true }).Refused(400, Problems.CompletedUpload).Run(_server);

        await Upload.Head(_job, _media, file.Length, file.Length).Run(_server);
        await MustHave(file, _media);
    }

    /// <summary>
    /// The IETF protocol must tell an offset, and an upload that waits for its parts has none.
    /// </summary>
    [Fact]
    public async Task What_waits_for_its_parts_can_only_be_asked_about_in_tus()
    {
        var part = await Partial.Create(_server, _job, 3);
        await Upload.CreateFinal(_job, _media, [part.Url]).Run(_server);

        await (Form.Final.Head(Upload.Url(_job, _media), 0, false, null) with { Method = "GET" })
            .Refused(403, "final-upload").Run(_server);

        await part.Patch(0, [1, 2, 3]).Run(_server);
        await Form.Final.Head(Upload.Url(_job, _media), 3, isComplete: true, 3).Run(_server);
    }

    [Fact]
    public async Task What_one_gives_up_is_gone_for_the_other()
    {
        var media = await Begin(length: 5);
        await Upload.Delete(_job, media).Run(_server);

        await Form.Final.Append(Upload.Url(_job, media), 3, [4, 5], isLast: true)
            .Refused(410, "upload-ended").Run(_server);
    }

    /// <summary>Whoever says nothing but the method speaks the final form.</summary>
    [Fact]
    public async Task A_question_without_any_mark_is_answered()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 5).Run(_server);

        await new HttpTest("HEAD", Upload.Url(_job, _media))
        {
            Status = 204,
            Expected =
            {
                ["Upload-Offset"] = "3",
                ["Upload-Complete"] = "?0",
                ["Upload-Length"] = "5",
                ["Tus-Resumable"] = null
            },
        }.Run(_server);
    }

    private async Task<Guid> Begin(int? length)
    {
        var created = await Form.Final.Create(_job, [1, 2, 3], isLast: false)
            .With("Upload-Length", length?.ToString()).Run(_server);
        return Guid.Parse(created["Location"]!.Split('/')[^1]);
    }

    private async Task MustHave(byte[] file, Guid media) =>
        Assert.Equal(file, (await Upload.Download(_job, media).Run(_server)).Body);
}
