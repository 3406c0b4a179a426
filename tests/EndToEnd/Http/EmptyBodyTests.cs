using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Http;

/// <summary>
/// Zero bytes at the right offset succeed, in whatever framing they come, and change
/// nothing but what the request says.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class EmptyBodyTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    /// <summary>Without Content-Length; over HTTP/2.</summary>
    public static MatrixTheoryData<bool, bool> Framings => new([false, true], [false, true]);

    public static MatrixTheoryData<string, bool> Forms =>
        new(["3", "4", "5", "6", "7", "8", "9", "10", "final"], [false, true]);

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_complete_upload_takes_them_and_says_again_what_it_said(bool chunked, bool http2)
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);

        var again = await Patch(3, []).Run(_server);
        await Patch(2, []).Refused(409, "offset-mismatch").Run(_server);
        await Patch(3, [4]).Refused(400, Problems.CompletedUpload).Run(_server);

        Assert.NotNull(again["Upload-Receipt"]);
        Assert.Equal([1, 2, 3], (await Upload.Download(_job, _media).Run(_server)).Body);

        HttpTest Patch(long offset, byte[] body) =>
            Upload.Patch(_job, _media, offset, body) with { Chunked = chunked, Http2 = http2 };
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task One_that_goes_on_is_where_it_was(bool chunked, bool http2)
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 5).Run(_server);

        await (Upload.Patch(_job, _media, 3, []) with { Chunked = chunked, Http2 = http2 }).Run(_server);

        await Upload.Patch(_job, _media, 3, [4, 5]).Run(_server);
        Assert.Equal([1, 2, 3, 4, 5], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task One_whose_length_they_bring_is_complete(bool chunked, bool http2)
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);

        var patch = Upload.Patch(_job, _media, 3, []).With("Upload-Length", "3");
        var end = patch with { Chunked = chunked, Http2 = http2 };
        Assert.NotNull((await end.Run(_server))["Upload-Receipt"]);
        await end.Run(_server);
    }

    /// <summary>
    /// With them a length may come that leaves no room for them, or for what
    /// is here: then nothing is set.
    /// </summary>
    [Fact]
    public async Task Bytes_beyond_a_length_that_comes_with_them_are_refused_and_nothing_is_set()
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);

        await Upload.Patch(_job, _media, 3, [4]).With("Upload-Length", "3").Refused(413, "body-too-long").Run(_server);

        await Upload.Head(_job, _media, 3, null).Run(_server);
        await Upload.Patch(_job, _media, 3, [4]).With("Upload-Length", "4").Run(_server);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task What_a_body_without_bytes_hashes_to_is_looked_at(bool chunked, bool http2)
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);
        var patch = Upload.Patch(_job, _media, 3, []) with { Chunked = chunked, Http2 = http2 };

        await patch.With("Upload-Checksum", Digests.Checksum("sha1", [])).Run(_server);
        var wrong = patch.With("Upload-Checksum", Digests.Checksum("sha1", [1]));
        await wrong.Refused(460, "checksum-mismatch").Run(_server);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_part_of_a_file_takes_them(bool chunked, bool http2)
    {
        var partial = await Partial.Of(_server, _job, [1, 2]);

        await (partial.Patch(2, []) with { Chunked = chunked, Http2 = http2 }).Run(_server);
        var tooMany = partial.Patch(2, [3]) with { Chunked = chunked, Http2 = http2 };
        await tooMany.Refused(413, "body-too-long").Run(_server);
    }

    /// <summary>Nor does it need a type.</summary>
    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_creation_without_bytes_brings_none(bool chunked, bool http2)
    {
        await (Upload.Create(_job, _media, 3) with { Body = [], Chunked = chunked, Http2 = http2 }).Run(_server);
        await Upload.Head(_job, _media, 0, 3).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);

        var partial = await Partial.Of(_server, _job, [1, 2]);
        var final = Upload.CreateFinal(_job, Fresh.Media(), [partial.Url]);
        await (final with { Body = [], Chunked = chunked, Http2 = http2 }).Run(_server);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task The_end_comes_without_bytes_as_often_as_one_likes(string version, bool http2)
    {
        var form = new Form(version);
        var url = (await form.Create(_job, [1, 2, 3], isLast: false).Run(_server))["Location"]!;

        for (var times = 0; times < 2; times++)
            Assert.NotNull((await End([]).Run(_server))["Upload-Receipt"]);
        await End([4]).Refused(400, Problems.CompletedUpload).Run(_server);

        HttpTest End(byte[] body) => form.Append(url, 3, body, isLast: true) with { Chunked = true, Http2 = http2 };
    }

    /// <summary>
    /// All bytes came with a part that was not the last, and its length was known:
    /// the upload is complete then.
    /// </summary>
    [Fact]
    public async Task The_end_may_come_after_the_end()
    {
        var create = Form.Final.Create(_job, [1, 2, 3], isLast: false).With("Upload-Length", "3");
        create.Expected["Upload-Complete"] = "?1";
        var url = (await create.Run(_server))["Location"]!;

        await (Form.Final.Append(url, 3, [], isLast: true) with { Chunked = true }).Run(_server);
    }

    /// <summary>
    /// The bytes of the body may still come, or its end. The server cannot
    /// know, and does not wait for ever.
    /// </summary>
    [Fact]
    public async Task Who_says_nothing_holds_up_nobody()
    {
        var partial = await Partial.Of(_server, _job, [1, 2]);
        using var line = await RawConnection.Open(_server);
        await line.SendPatch(partial.Url, 2, ("Transfer-Encoding", "chunked"), ("Expect", "100-continue"));
        Assert.StartsWith("HTTP/1.1 100 ", await line.ReadHead());

        await partial.Patch(2, []).Run(_server);
        await Upload.Delete(partial.Job, partial.Id).Run(_server);

        await line.Send("0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 ", await line.ReadHead());
    }
}
