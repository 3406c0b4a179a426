using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>Offset retrieval.</summary>
[Collection(TusCollection.Name)]
public sealed class HeadTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    public static TheoryData<string> All => Form.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_says_where_the_upload_is_and_what_its_limits_are(string version)
    {
        var form = new Form(version);
        var url = (await form.Create(_job, [1, 2, 3], isLast: false).Run(_server))["Location"]!;

        var answer = await form.Head(url, 3, isComplete: false, null).Run(_server);

        Limits.MustBe(answer, form, isOpen: true);
        Assert.Equal(
            204,
            (await (form.Head(url, 3, isComplete: false, null) with { Method = "GET" }).Run(_server)).Status);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_upload_that_is_complete_says_so_for_as_long_as_its_media_lives(string version)
    {
        var form = new Form(version);
        var url = (await form.Create(_job, [1, 2, 3], isLast: true).Run(_server))["Location"]!;

        Assert.NotNull((await form.Head(url, 3, isComplete: true, 3).Run(_server))["Upload-Receipt"]);

        await form.Delete(url).Run(_server);
        await new HttpTest("HEAD", url) { Status = 410, Expected = { ["Upload-Offset"] = null } }.Run(_server);
    }

    [Fact]
    public async Task One_that_never_was_is_not_there()
    {
        var url = Upload.Url(_job, Fresh.Media());
        await new HttpTest("HEAD", url) { Status = 404, Expected = { ["Upload-Offset"] = null } }.Run(_server);
        await new HttpTest("GET", url) { Status = 404, Problem = "upload-not-found" }.Run(_server);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Early_drafts_do_not_want_to_be_told_the_answer(string version)
    {
        var form = new Form(version);
        var url = (await form.Create(_job, [1, 2, 3], isLast: false).Run(_server))["Location"]!;

        foreach (var header in new[] { "Upload-Offset", form.Complete(true).Name })
        {
            var head = form.Head(url, 3, isComplete: false, null).With(header, header == "Upload-Offset" ? "3" : "?0");
            await (form.Number <= 6 ? head.Refused(400, null) : head).Run(_server);
        }
    }

    /// <summary>
    /// A client that asks has lost its connection, whatever the server believes: the offset
    /// that it hears must stay true.
    /// </summary>
    [Fact]
    public async Task Who_asks_stops_whoever_still_sends()
    {
        var file = TestMedia.Bytes(3_000_000);
        var url = (await Form.Final.Create(_job, [], isLast: false).Run(_server))["Location"]!;
        using var old = await RawConnection.Open(_server);
        await old.Send(
            "PATCH", url,
            ("Upload-Complete", "?1"), ("Upload-Offset", 0),
            ("Content-Type", Form.PartialUpload), ("Content-Length", file.Length));
        await old.Send(file.AsMemory(0, 777_777));
        await Eventually.True("what was sent is here", () => _server.HasFileOf(777_777));
        await old.Send(file.AsMemory(777_777, 1));

        var offset = long.Parse(
            (await (Form.Final.Head(url, 0, false, null) with { Expected = [] }).Run(_server))["Upload-Offset"]!);

        Assert.Equal("", await old.ReadHead());
        await Form.Final.Append(url, offset, file[(int)offset..], isLast: true).Run(_server);
    }

    /// <summary>It may be a browser's, whose user only looks.</summary>
    [Fact]
    public async Task A_GET_stops_nobody()
    {
        var file = TestMedia.Bytes(3_000_000);
        var url = (await Form.Final.Create(_job, [], isLast: false).Run(_server))["Location"]!;
        using var line = await RawConnection.Open(_server);
        await line.Send(
            "PATCH", url,
            ("Upload-Complete", "?1"), ("Upload-Offset", 0),
            ("Content-Type", Form.PartialUpload), ("Content-Length", file.Length));
        await line.Send(file.AsMemory(0, 888_888));
        await Eventually.True("what was sent is here", () => _server.HasFileOf(888_888));
        await line.Send(file.AsMemory(888_888, 1));

        var seen = await (Form.Final.Head(url, 0, false, null) with { Method = "GET", Expected = [] }).Run(_server);

        Assert.InRange(long.Parse(seen["Upload-Offset"]!), 888_888, 888_889);
        await line.Send(file.AsMemory(888_889));
        Assert.StartsWith("HTTP/1.1 201 ", await line.ReadHead());
    }
}
