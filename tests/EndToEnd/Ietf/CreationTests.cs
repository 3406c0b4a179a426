using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Ietf;

[Collection(TusCollection.Name)]
public sealed class CreationTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    public static TheoryData<string> All => Form.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_file_that_comes_whole_is_stored(string version)
    {
        var form = new Form(version);
        (int Length, bool Chunked)[] bodies =
            [(1, false), (160_000, true), (160_001, false), (3_000_000, true), (3_000_001, false)];
        foreach (var (length, chunked) in bodies)
        {
            var file = TestMedia.Bytes(length);

            var created = await (form.Create(_job, file, isLast: true) with { Chunked = chunked }).Run(_server);

            Limits.MustBe(created, form, isOpen: false);
            Assert.NotNull(created["Upload-Receipt"]);
            await MustHave(created["Location"]!, file);
            await form.Head(created["Location"]!, length, isComplete: true, length).Run(_server);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Its_first_part_may_come_along_or_nothing(string version)
    {
        var form = new Form(version);
        foreach (var body in new byte[][] { [], [1, 2, 3], TestMedia.Bytes(1_500_000) })
        {
            var created = await form.Create(_job, body, isLast: false).Run(_server);

            Limits.MustBe(created, form, isOpen: true);
            Assert.Null(created["Upload-Receipt"]);
            await form.Head(created["Location"]!, body.Length, isComplete: false, length: null).Run(_server);
        }
    }

    [Theory]
    [InlineData("POST", "/jobs/{0}/uploads")]
    [InlineData("PUT", "/jobs/{0}/uploads")]
    [InlineData("PATCH", "/jobs/{0}/uploads")]
    [InlineData("PUT", "/jobs/{0}/uploads/roof.jpg")]
    public async Task Any_method_with_content_creates(string method, string path)
    {
        var create = Form.Final.Create(_job, TestMedia.Photo(1), isLast: true) with
        {
            Method = method,
            Path = string.Format(path, _job)
        };

        Assert.StartsWith(Upload.Url(_job) + "/", (await create.Run(_server))["Location"]);
    }

    [Fact]
    public async Task Who_names_no_job_finds_it_in_the_inbox()
    {
        var created = await (Form.Final.Create(_job, TestMedia.Photo(2), isLast: true) with { Path = "/files" })
            .Run(_server);

        Assert.StartsWith("/jobs/inbox/uploads/", created["Location"]);
    }

    [Fact]
    public async Task The_end_of_the_URL_may_be_its_id()
    {
        var (url, bytes) = (Upload.Url(_job, Fresh.Media()), TestMedia.Bytes(2_000_000));
        var create = Form.Final.Create(_job, bytes, isLast: true) with { Method = "PUT", Path = url };
        for (var times = 0; times < 2; times++)
            Assert.Equal(url, (await create.Run(_server))["Location"]);
    }

    [Fact]
    public async Task Its_name_and_type_are_what_the_headers_say()
    {
        var create = Form.Final.Create(_job, [1, 2, 3], isLast: false)
            .With("Content-Disposition", "inline; filename=\"file.jpg\"; filename*=UTF-8''D%C3%A4cher.jpg")
            .With("Content-Type", "image/jpeg");

        await create.Run(_server);

        var started = (await FeedWatcher.First(_server, _job)).UploadStarted;
        Assert.Equal(("Dächer.jpg", "image/jpeg"), (started.Filename, started.DeclaredType));
    }

    [Fact]
    public async Task The_length_may_be_said_before_all_of_it_comes()
    {
        var created = await Form.Final.Create(_job, [1, 2, 3], isLast: false).With("Upload-Length", "5").Run(_server);

        await Form.Final.Head(created["Location"]!, 3, isComplete: false, 5).Run(_server);
        Assert.Equal(5, (await FeedWatcher.First(_server, _job)).UploadStarted.Length);
    }

    [Theory]
    [InlineData(true, "4", 400, Problems.InconsistentUploadLength)]
    [InlineData(true, "2", 400, Problems.InconsistentUploadLength)]
    [InlineData(false, "2", 400, Problems.InconsistentUploadLength)]
    [InlineData(false, "8388609", 413, "upload-too-large")]
    public async Task A_length_that_cannot_be_is_refused(bool isLast, string length, int status, string problem)
    {
        var refused = await Form.Final.Create(_job, [1, 2, 3], isLast).With("Upload-Length", length)
            .Refused(status, problem).Run(_server);

        Assert.Equal("?0", refused["Upload-Complete"]);
        if (status == 413)
            Assert.Equal($"max-size={TusServer.MaxSize}", refused["Upload-Limit"]);
        await MustHaveNothing();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_turns_out_longer_than_was_said_has_failed(bool isLast)
    {
        var create = Form.Final.Create(_job, TestMedia.Bytes(2_000_001), isLast).With("Upload-Length", "2000000");

        await (create with { Chunked = true }).Refused(400, Problems.InconsistentUploadLength).Run(_server);

        var started = await FeedWatcher.First(_server, _job);
        await Upload.HeadOfNone(_job, Guid.Parse(started.Media), 410).Run(_server);
    }

    [Fact]
    public async Task What_turns_out_shorter_than_was_said_goes_on()
    {
        var create = Form.Final.Create(_job, [1, 2, 3], isLast: true).With("Upload-Length", "5");

        await (create with { Chunked = true }).Refused(400, Problems.InconsistentUploadLength).Run(_server);

        var url = Upload.Url(_job, Guid.Parse((await FeedWatcher.First(_server, _job)).Media));
        await Form.Final.Append(url, 3, [4, 5], isLast: true).Run(_server);
        await MustHave(url, [1, 2, 3, 4, 5]);
    }

    /// <summary>A field that is not what it should be is as if it were not there.</summary>
    [Theory]
    [InlineData("yes")]
    [InlineData("1")]
    [InlineData("?2")]
    [InlineData("?1, ?1")]
    [InlineData("")]
    public async Task Nonsense_is_ignored(string complete)
    {
        var create = Form.Final.Create(_job, [1, 2, 3], isLast: true).With("Upload-Complete", complete);
        var created = await (create with { Expected = [] }).Run(_server);

        await MustHave(created["Location"]!, [1, 2, 3]);
    }

    [Theory]
    [InlineData(" ?0 ")]
    [InlineData("?0;why")]
    [InlineData("?0; why=\"a;b\"; n=1")]
    public async Task Parameters_mean_nothing(string complete)
    {
        var created = await Form.Final.Create(_job, [1, 2, 3], isLast: false)
            .With("Upload-Complete", complete).Run(_server);

        await Form.Final.Head(created["Location"]!, 3, isComplete: false, null).Run(_server);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("11")]
    [InlineData("six")]
    public async Task A_version_that_nobody_knows_yet_is_an_ordinary_upload(string version)
    {
        var create = Form.Final.Create(_job, TestMedia.Bytes(2_000_000), isLast: true)
            .With("Upload-Draft-Interop-Version", version);
        var created = await (create with { Expected = new() { ["Upload-Complete"] = "?1" } }).Run(_server);

        await MustHave(created["Location"]!, create.Body!);
    }

    /// <summary>
    /// A client that does not say whether its file is complete sends an ordinary file, and is told
    /// in its own version that it is here.
    /// </summary>
    [Theory]
    [InlineData("3", "Upload-Incomplete", "?0")]
    [InlineData("8", "Upload-Complete", "?1")]
    public async Task Without_a_word_about_it_a_file_is_all_of_it(string version, string name, string value)
    {
        var create = new HttpTest("POST", Upload.Url(_job))
        {
            Headers = { ["Upload-Draft-Interop-Version"] = version },
            Body = [1, 2, 3],
            Status = 201,
            Expected = { [name] = value }
        };

        await MustHave((await create.Run(_server))["Location"]!, [1, 2, 3]);
    }

    [Fact]
    public async Task A_part_of_a_version_that_nobody_knows_yet_is_not_taken_for_the_whole()
    {
        var create = Form.Final.Create(_job, [1, 2, 3], isLast: false).With("Upload-Draft-Interop-Version", "11");

        var created = await create.Run(_server);

        await Form.Final.Append(created["Location"]!, 3, [4], isLast: true).Run(_server);
        await MustHave(created["Location"]!, [1, 2, 3, 4]);
    }

    [Fact]
    public async Task A_form_is_not_a_file()
    {
        await Form.Final.Create(_job, [1, 2, 3], isLast: true).With("Content-Type", "multipart/form-data; boundary=x")
            .Refused(415, "wrong-content-type").Run(_server);

        await MustHaveNothing();
    }

    /// <summary>
    /// Unlike an ordinary request, a request of this protocol says that no more will come.
    /// </summary>
    [Theory]
    [MemberData(nameof(All))]
    public async Task A_file_without_bytes_is_a_file(string version)
    {
        var created = await new Form(version).Create(_job, [], isLast: true).Run(_server);

        await MustHave(created["Location"]!, []);
    }

    private async Task MustHave(string url, byte[] file)
    {
        var media = url.Replace("/uploads/", "/media/", StringComparison.Ordinal);
        Assert.Equal(file, (await new HttpTest("GET", media) { Status = 200 }.Run(_server)).Body);
    }

    private async Task MustHaveNothing() =>
        Assert.Equal(
            "job-not-found",
            (await fixture.Grpc.Fail("Jobs/GetJob", new GetJobRequest { Job = _job })).IngestError);
}
