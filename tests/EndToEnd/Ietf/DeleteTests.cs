using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>Upload cancellation.</summary>
[Collection(TusCollection.Name)]
public sealed class DeleteTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    public static TheoryData<string> All => Form.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_upload_is_given_up(string version)
    {
        var form = new Form(version);
        var url = (await form.Create(_job, [1, 2, 3], isLast: false).Run(_server))["Location"]!;

        await form.Delete(url).Run(_server);

        await (form.Head(url, 3, false, null) with { Status = 410, Expected = new() { ["Upload-Offset"] = null } })
            .Run(_server);
        await form.Append(url, 3, [4], isLast: true).Refused(410, "upload-ended").Run(_server);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Early_drafts_do_not_want_to_be_told_how_far_it_is(string version)
    {
        var form = new Form(version);
        var url = (await form.Create(_job, [1, 2, 3], isLast: false).Run(_server))["Location"]!;

        var delete = form.Delete(url).With("Upload-Offset", "3");
        await (form.Number <= 6 ? delete.Refused(400, "invalid-argument") : delete).Run(_server);
    }

    [Fact]
    public async Task Whoever_still_sends_is_stopped()
    {
        var url = (await Form.Final.Create(_job, [], isLast: false).Run(_server))["Location"]!;
        using var line = await RawConnection.Open(_server);
        await line.Send(
            "PATCH", url,
            ("Upload-Complete", "?1"), ("Upload-Offset", 0),
            ("Content-Type", Form.PartialUpload), ("Content-Length", 2_000_000));
        await line.Send(TestMedia.Bytes(888_888));
        await Eventually.True("what was sent is here", () => _server.HasFileOf(888_888));

        await Form.Final.Delete(url).Run(_server);

        Assert.Equal("", await line.ReadHead());
    }

    [Fact]
    public Task One_that_never_was_is_not_there() =>
        Form.Final.Delete(Upload.Url(_job, Fresh.Media())).Refused(404, "upload-not-found").Run(_server);
}
