using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Plain;

/// <summary>A file in one ordinary POST.</summary>
[Collection(TusCollection.Name)]
public sealed class PostTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 160_000)]
    [InlineData(true, 160_000)]
    [InlineData(false, 8 << 20)]
    [InlineData(true, 8 << 20)]
    public async Task A_file_is_stored(bool chunked, int length)
    {
        var file = TestMedia.Bytes(length);

        var created = await (PlainUpload.Post(_job, file) with { Chunked = chunked }).Run(_server);

        var media = PlainUpload.Media(created);
        Assert.Equal(Upload.Url(_job, media), created["Location"]);
        Assert.NotNull(created["Upload-Receipt"]);
        Assert.Equal(file, (await Upload.Download(_job, media).Run(_server)).Body);
        await Upload.Head(_job, media, length, length).Run(_server);
    }

    [Fact]
    public async Task Each_is_a_media_of_its_own()
    {
        var (first, second) = (
            await PlainUpload.Post(_job, [1, 2]).Run(_server), await PlainUpload.Post(_job, [3]).Run(_server));

        Assert.NotEqual(PlainUpload.Media(first), PlainUpload.Media(second));
        Assert.Equal(2, (await fixture.Grpc.ListAllMedia(_job)).Count);
    }

    [Fact]
    public async Task Who_names_no_job_finds_it_in_the_inbox()
    {
        var created = await (PlainUpload.Post(_job, TestMedia.Photo(1)) with { Path = "/files" }).Run(_server);

        Assert.StartsWith("/jobs/inbox/uploads/", created["Location"]);
    }

    [Theory]
    [InlineData("inline; filename=\"roof 7.jpg\"", "roof 7.jpg")]
    [InlineData("attachment; filename=roof.jpg", "roof.jpg")]
    [InlineData("inline; filename=\"a.jpg\"; filename*=UTF-8''D%C3%A4cher%20%E2%82%AC.jpg", "Dächer €.jpg")]
    [InlineData("inline; filename=\"say \\\"roof\\\".jpg\"", "say \"roof\".jpg")]
    [InlineData("inline", "")]
    [InlineData("nonsense;;=", "")]
    public async Task Its_name_and_type_are_what_the_headers_say(string disposition, string name)
    {
        var post = PlainUpload.Post(_job, TestMedia.Photo(1))
            .With("Content-Disposition", disposition).With("Content-Type", "image/x-of-ours");

        await post.Run(_server);

        var started = await Started();
        Assert.Equal((name, "image/x-of-ours"), (started.Filename, started.DeclaredType));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/partial-upload")]
    public async Task What_a_tool_says_when_it_does_not_know_is_no_type(string type)
    {
        await PlainUpload.Post(_job, TestMedia.Photo(1)).With("Content-Type", type).Run(_server);

        Assert.Equal("", (await Started()).DeclaredType);
    }

    [Fact]
    public Task A_form_is_not_a_file() => MustBeRefused(
        Post().With("Content-Type", "multipart/form-data; boundary=x").Refused(415, "wrong-content-type"));

    [Fact]
    public Task Bytes_that_are_not_the_files_own_are_refused() => MustBeRefused(
        Post().With("Content-Encoding", "gzip").Refused(415, "wrong-content-type"));

    [Theory]
    [InlineData("")]
    [InlineData("Identity")]
    public Task Bytes_that_are_not_encoded_are_the_files_own(string encoding) =>
        Post().With("Content-Encoding", encoding).Run(_server);

    [Fact]
    public Task That_they_are_the_files_own_may_be_said() => Post().With("Content-Encoding", "identity").Run(_server);

    [Fact]
    public Task A_part_is_not_a_file() => MustBeRefused(
        Post().With("Content-Range", "bytes 0-2/9").Refused(400, "invalid-argument"));

    [Theory]
    [InlineData("inline; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b")]
    [InlineData("inline; filename*=UTF-8''a%00.jpg")]
    public Task A_name_that_cannot_be_meant_is_refused(string disposition) => MustBeRefused(
        Post().With("Content-Disposition", disposition).Refused(400, "invalid-argument"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_file_larger_than_the_server_takes_is_refused(bool chunked) => MustBeRefused(
        (Post() with { Body = TestMedia.Bytes((8 << 20) + 1), Chunked = chunked }).Refused(413, "upload-too-large"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task No_bytes_are_no_file(bool chunked) =>
        MustBeRefused((Post() with { Body = [], Chunked = chunked }).Refused(400, "invalid-length"));

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData(TusServer.Origin, 201)]
    public async Task A_web_page_may_only_if_it_is_named(string origin, int status)
    {
        var post = PlainUpload.Post(_job, [1, 2, 3]).With("Origin", origin).With("Content-Type", "text/plain");

        await (status == 201 ? post : post.Refused(status, "forbidden-origin")).Run(_server);
    }

    [Fact]
    public Task A_page_of_the_servers_own_may() =>
        Post().With("Origin", _server.Http.GetLeftPart(UriPartial.Authority)).Run(_server);

    /// <summary>
    /// Also if the client hopes to resume with a version that the server does not speak: it is
    /// not told where the upload is.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [InlineData(false, "11")]
    public async Task One_that_is_cut_leaves_nothing(bool chunked, string? version = null)
    {
        var before = Files();
        using (var line = await RawConnection.Open(_server))
        {
            (string, object)[] hopes =
                version is null ? [] : [("Upload-Draft-Interop-Version", version), ("Upload-Complete", "?1")];
            await line.Send(
                "POST",
                Upload.Url(_job),
                [chunked ? ("Transfer-Encoding", "chunked") : ("Content-Length", 5_000_000), .. hopes]);
            if (chunked)
                await line.Send($"{5_000_000:x}\r\n");
            await line.Send(TestMedia.Bytes(2_345_678));
            await Eventually.True("some of it is here", () => Files().Except(before).Any());
        }

        await Eventually.True("it is gone", () => !Files().Except(before).Any());
        await MustHaveNothing();
    }

    private List<string> Files() => [.. StoreFiles.Of(_server).Select(file => file.FullName)];

    private HttpTest Post() => PlainUpload.Post(_job, [1, 2, 3]);

    private async Task<UploadStarted> Started() => (await FeedWatcher.First(_server, _job)).UploadStarted;

    private async Task MustBeRefused(HttpTest post)
    {
        await post.Run(_server);
        await MustHaveNothing();
    }

    private async Task MustHaveNothing() =>
        Assert.Equal(
            "job-not-found",
            (await fixture.Grpc.Fail("Jobs/GetJob", new GetJobRequest { Job = _job })).IngestError);
}
