using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Ietf;

[Collection(TusCollection.Name)]
public sealed class AppendTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    public static TheoryData<string> All => Form.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Parts_make_a_file(string version)
    {
        var form = new Form(version);
        var url = await Begin(form, [1, 2]);

        var part = await form.Append(url, 2, [3, 4], isLast: false).Run(_server);
        await (form.Append(url, 4, [5], isLast: false) with { Chunked = true }).Run(_server);
        var last = await form.Append(url, 5, [6, 7], isLast: true).Run(_server);

        Limits.MustBe(part, form, isOpen: true);
        Limits.MustBe(last, form, isOpen: false);
        Assert.Equal(url, last["Location"]);
        Assert.NotNull(last["Upload-Receipt"]);
        await MustHave(url, [1, 2, 3, 4, 5, 6, 7]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_end_may_come_without_bytes(string version)
    {
        var form = new Form(version);
        var url = await Begin(form, [1, 2, 3]);

        await form.Append(url, 3, [], isLast: true).Run(_server);

        await form.Head(url, 3, isComplete: true, 3).Run(_server);
        await MustHave(url, [1, 2, 3]);
    }

    [Fact]
    public async Task The_end_may_show_when_it_comes()
    {
        var url = await Begin(Form.Final, [1, 2, 3]);

        await (Form.Final.Append(url, 3, [4, 5], isLast: true) with { Chunked = true }).Run(_server);

        await MustHave(url, [1, 2, 3, 4, 5]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Bytes_for_another_offset_are_refused_and_change_nothing(string version)
    {
        var form = new Form(version);
        var url = await Begin(form, [1, 2, 3]);
        foreach (var offset in new[] { 0, 2, 4 })
        {
            var refused = await form.Append(url, offset, [9], isLast: true)
                .Refused(409, Problems.MismatchingUploadOffset).Run(_server);

            Assert.Equal(
                ("3", "3", offset.ToString()),
                (refused["Upload-Offset"], refused.Member("expected-offset"), refused.Member("provided-offset")));
            Assert.Equal(form.Complete(false).Value, refused[form.Complete(false).Name]);
        }

        await form.Append(url, 3, [4], isLast: true).Run(_server);
        await MustHave(url, [1, 2, 3, 4]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_type_of_parts_is_asked_for_since_there_is_one(string version)
    {
        var form = new Form(version);
        var url = await Begin(form, [1, 2, 3]);
        foreach (var type in new[] { null, "application/octet-stream" })
        {
            var append = form.Append(url, 3, [], isLast: false).With("Content-Type", type);
            await (form.Number >= 6 ? append.Refused(415, "wrong-content-type") : append).Run(_server);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Whether_it_is_the_last_must_be_said_unless_the_draft_says_what_is_meant(string version)
    {
        var form = new Form(version);
        var url = await Begin(form, [1, 2, 3]);

        var append = form.Append(url, 3, [4], isLast: true).With(form.Complete(true).Name, null);
        await (form.Number >= 7 ? append.Refused(400, "invalid-argument") : append).Run(_server);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("-1")]
    [InlineData("3.0")]
    [InlineData("three")]
    public async Task An_offset_that_is_no_number_of_bytes_is_refused(string? offset)
    {
        var url = await Begin(Form.Final, [1, 2, 3]);

        await Form.Final.Append(url, 3, [4], isLast: false).With("Upload-Offset", offset)
            .Refused(400, "invalid-offset").Run(_server);
    }

    [Fact]
    public async Task The_type_may_have_parameters()
    {
        var url = await Begin(Form.Final, [1, 2, 3]);

        await Form.Final.Append(url, 3, [4], isLast: true)
            .With("Content-Type", $"{Form.PartialUpload};v=1").Run(_server);
    }

    [Theory]
    [InlineData("5", true, 1)]
    [InlineData("5", true, 3)]
    [InlineData("5", false, 3)]
    [InlineData(null, true, 1)]
    [InlineData(null, true, 3)]
    [InlineData(null, false, 3)]
    public async Task What_does_not_fit_the_length_that_was_said_is_refused(string? again, bool isLast, int bytes)
    {
        var url = await BeginOfFive();

        await Form.Final.Append(url, 3, TestMedia.Bytes(bytes), isLast).With("Upload-Length", again)
            .Refused(400, Problems.InconsistentUploadLength).Run(_server);

        await Form.Final.Append(url, 3, [4, 5], isLast: true).Run(_server);
        await MustHave(url, [1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task The_length_cannot_change()
    {
        var url = await BeginOfFive();

        await Form.Final.Append(url, 3, [4], isLast: false).With("Upload-Length", "6")
            .Refused(400, Problems.InconsistentUploadLength).Run(_server);
    }

    [Fact]
    public async Task More_bytes_than_were_said_end_the_upload()
    {
        var url = await BeginOfFive();

        await (Form.Final.Append(url, 3, [4, 5, 6], isLast: false) with { Chunked = true })
            .Refused(400, Problems.InconsistentUploadLength).Run(_server);

        await Form.Final.Append(url, 3, [4, 5], isLast: true).Refused(410, "upload-ended").Run(_server);
    }

    /// <summary>
    /// As soon as all bytes are here the media is safe, and the server says so, even if the client
    /// has not called its request the last.
    /// </summary>
    [Fact]
    public async Task All_bytes_are_all()
    {
        var url = await BeginOfFive();

        var append = Form.Final.Append(url, 3, [4, 5], isLast: false) with
        {
            Status = 201,
            Expected = new() { ["Upload-Complete"] = "?1" }
        };
        var answer = await append.Run(_server);

        Assert.NotNull(answer["Upload-Receipt"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_complete_upload_takes_no_more_and_says_again_what_it_said(string version)
    {
        var form = new Form(version);
        var url = (await form.Create(_job, [1, 2, 3], isLast: true).Run(_server))["Location"]!;

        await form.Append(url, 3, [4], isLast: true).Refused(400, Problems.CompletedUpload).Run(_server);
        await form.Append(url, 0, [1, 2, 3], isLast: true).Refused(409, Problems.MismatchingUploadOffset).Run(_server);
        var again = await form.Append(url, 3, [], isLast: true).Run(_server);

        Assert.NotNull(again["Upload-Receipt"]);
        await MustHave(url, [1, 2, 3]);
    }

    [Fact]
    public async Task An_upload_that_never_was_is_not_found() =>
        await Form.Final.Append(Upload.Url(_job, Fresh.Media()), 0, [1], isLast: true)
            .Refused(404, "upload-not-found").Run(_server);

    /// <summary>Three bytes of an upload whose length is known to be five.</summary>
    private async Task<string> BeginOfFive()
    {
        var create = Form.Final.Create(_job, [1, 2, 3], isLast: false).With("Upload-Length", "5");
        return (await create.Run(_server))["Location"]!;
    }

    private async Task<string> Begin(Form form, byte[] bytes) =>
        (await form.Create(_job, bytes, isLast: false).Run(_server))["Location"]!;

    private async Task MustHave(string url, byte[] file) =>
        Assert.Equal(file, (await Upload.Download(_job, Guid.Parse(url.Split('/')[^1])).Run(_server)).Body);
}
