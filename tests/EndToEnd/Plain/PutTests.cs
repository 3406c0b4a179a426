using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Plain;

/// <summary>A file in one ordinary PUT: the end of the URL is its name, or its id.</summary>
[Collection(TusCollection.Name)]
public sealed class PutTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Theory]
    [InlineData("photo.jpg", "photo.jpg")]
    [InlineData("D%C3%A4cher%207.jpg", "Dächer 7.jpg")]
    [InlineData("..hidden", "..hidden")]
    public async Task The_end_of_the_URL_is_the_name(string end, string name)
    {
        var file = TestMedia.Photo(1);

        var created = await PlainUpload.Put(_job, end, file).Run(_server);

        Assert.Equal(name, (await FeedWatcher.First(_server, _job)).UploadStarted.Filename);
        Assert.Equal(file, (await Upload.Download(_job, PlainUpload.Media(created)).Run(_server)).Body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_bytes_are_no_file(bool chunked)
    {
        foreach (var name in new[] { "empty.txt", _media.ToString() })
        {
            var put = PlainUpload.Put(_job, name, []) with { Chunked = chunked };
            await put.Refused(400, "invalid-length").Run(_server);
        }

        var unknown = await fixture.Grpc.Fail("Jobs/GetJob", new GetJobRequest { Job = _job });
        Assert.Equal("job-not-found", unknown.IngestError);
    }

    [Fact]
    public async Task What_the_headers_call_it_is_its_name_all_the_same()
    {
        await PlainUpload.Put(_job, "upload.php", [1, 2, 3])
            .With("Content-Disposition", "inline; filename=roof.jpg").Run(_server);

        Assert.Equal("roof.jpg", (await FeedWatcher.First(_server, _job)).UploadStarted.Filename);
    }

    [Fact]
    public async Task A_UUID_is_the_id_and_a_repeat_changes_nothing()
    {
        var file = TestMedia.Photo(2);
        for (var times = 0; times < 2; times++)
        {
            var created = await PlainUpload.Put(_job, _media.ToString(), file).Run(_server);
            Assert.Equal(Upload.Url(_job, _media), created["Location"]);
            Assert.NotNull(created["Upload-Receipt"]);
        }

        Assert.Equal(2, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
        Assert.Equal(file, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(3_000_000)]
    public async Task Another_file_under_the_same_id_is_refused(int length)
    {
        var file = TestMedia.Bytes(length);
        await PlainUpload.Put(_job, _media.ToString(), file).Run(_server);

        await PlainUpload.Put(_job, _media.ToString(), TestMedia.Bytes(length, seed: 2))
            .Refused(422, "different-upload").Run(_server);

        Assert.Equal(file, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task It_completes_what_another_protocol_began()
    {
        var file = TestMedia.Photo(3);
        await Upload.CreateWith(_job, _media, file[..1000], file.Length).Run(_server);

        await PlainUpload.Put(_job, _media.ToString(), file).Run(_server);

        await Upload.Head(_job, _media, file.Length, file.Length).Run(_server);
        Assert.Equal(file, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task What_was_deleted_is_not_taken_again()
    {
        await PlainUpload.Put(_job, _media.ToString(), [1, 2, 3]).Run(_server);
        await Upload.Delete(_job, _media).Run(_server);

        await PlainUpload.Put(_job, _media.ToString(), [1, 2, 3]).Refused(410, "media-deleted").Run(_server);
    }

    [Fact]
    public async Task The_answer_to_another_method_says_which_there_are()
    {
        var post = new HttpTest("POST", Upload.Url(_job, _media))
        {
            Body = [1],
            Status = 405,
            Problem = "method-not-allowed"
        };
        var refused = await post.Run(_server);

        Assert.Equal("HEAD, GET, PUT, PATCH, DELETE, OPTIONS", refused["Allow"]);
    }
}
