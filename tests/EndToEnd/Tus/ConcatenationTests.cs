using OrleansIngest.EndToEnd.Plain;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// concatenation: a file that is sent in parts, perhaps at the same time, and
/// put together without a copy.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class ConcatenationTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _photo = TestMedia.Photo(1);

    [Fact]
    public async Task Parts_become_a_media_in_the_order_in_which_the_final_names_them()
    {
        var partials = await Parts(_photo, 3);

        var created = await Final(partials, ("filename", "roof.jpg")).Run(_server);

        Assert.Equal(_photo.Length.ToString(), created["Upload-Offset"]);
        Assert.NotNull(created["Upload-Receipt"]);
        Assert.Null(created["Upload-Expires"]);
        await MustBe(_photo);
        var media = await fixture.Grpc.FindMedia(_job, _media);
        Assert.Equal((MediaState.Stored, "roof.jpg", "image/jpeg"), (media.State, media.Filename, media.MediaType));

        await Final(Enumerable.Reverse(partials), media: Fresh.Media()).Run(_server);
        Assert.Equal(2, (await fixture.Grpc.GetJob(_job)).Received.Stored);
    }

    [Fact]
    public async Task A_final_says_what_it_is_made_of_for_as_long_as_its_media_lives()
    {
        var final = Final(await Parts(_photo, 2));
        await final.Run(_server);

        var head = Upload.Head(_job, _media, _photo.Length, _photo.Length);
        head.Expected["Upload-Concat"] = final.Headers["Upload-Concat"];
        head.Expected["Upload-Metadata"] = final.Headers["Upload-Metadata"];
        await head.Run(_server);
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=95-204", 95, 205)]
    [InlineData("bytes=100-199", 100, 200)]
    [InlineData("bytes=299-", 299, 300)]
    [InlineData("bytes=-101", 199, 300)]
    public async Task Any_range_of_it_is_read_through_its_parts(string range, int from, int to)
    {
        var bytes = TestMedia.Bytes(300);
        await Final(await Parts(bytes, 3)).Run(_server);

        var part = await (Upload.Download(_job, _media).With("Range", range) with { Status = 206 }).Run(_server);

        Assert.Equal(bytes[from..to], part.Body);
    }

    [Fact]
    public async Task A_partial_upload_is_an_upload_like_any_other()
    {
        var partial = await Partial.Create(_server, _job, null, ("filename", "part"));
        var metadata = Upload.CreatePartial(_job, null, ("filename", "part")).Headers["Upload-Metadata"];

        await partial.Patch(0, [1, 2]).Run(_server);
        var head = partial.Head(2, null);
        head.Expected["Upload-Metadata"] = metadata;
        await head.Run(_server);
        await partial.Patch(0, [9]).Refused(409, "offset-mismatch").Run(_server);
        await partial.Patch(2, [3]).With("Upload-Length", "3").Run(_server);
        await partial.Head(3, 3).Run(_server);
        await partial.Patch(3, []).Run(_server);
        await (partial.Patch(3, []) with { Chunked = true }).Run(_server);
        await partial.Patch(3, [4]).Refused(413, "body-too-long").Run(_server);
        await (partial.Patch(3, [4]) with { Chunked = true }).Refused(413, "body-too-long").Run(_server);
    }

    [Fact]
    public async Task A_partial_upload_may_come_with_its_creation()
    {
        var create = Upload.CreatePartial(_job, 3).With("Content-Type", Upload.OffsetType) with
        {
            Body = [1, 2, 3],
            Expected = new() { ["Upload-Offset"] = "3" }
        };
        var created = await create.Run(_server);

        await Final([created["Location"]!]).Run(_server);

        await MustBe([1, 2, 3]);
    }

    [Fact]
    public async Task Nobody_hears_of_partial_uploads()
    {
        await using var watcher = await FeedWatcher.Start(_server, _job);
        var partials = await Parts(_photo, 2);
        Assert.Equal(
            "job-not-found",
            (await fixture.Grpc.Fail("Jobs/GetJob", new GetJobRequest { Job = _job })).IngestError);

        await Final(partials).Run(_server);

        await watcher.Sees("the media", e => e.MediaStored is not null);
        Assert.Equal(
            [(1L, _media.ToString()), (2L, _media.ToString())],
            watcher.Events.Where(e => e.Seq > 0).Select(e => (e.Seq, e.Media)));
        Assert.Equal(_media.ToString(), Assert.Single(await fixture.Grpc.ListAllMedia(_job)).Media_);
    }

    /// <summary>
    /// Clients give each part the metadata of the file: its id and hash are not those of the part.
    /// </summary>
    [Fact]
    public async Task A_partials_metadata_do_not_count()
    {
        (string, string)[] said =
        [
            ("media", Fresh.Media().ToString()), ("sha256", TestMedia.Sha256(_photo)),
            ("filename", "said-of-the-part.jpg")
        ];
        var metadata = Upload.Metadata(said);
        var urls = new List<string>();
        foreach (var part in _photo.Chunk(100_000))
        {
            var create = Upload.CreatePartial(_job, part.Length).With("Upload-Metadata", metadata);
            var location = (await create.Run(_server))["Location"]!;
            await new Partial(_job, Guid.Parse(location.Split('/')[^1])).Patch(0, part).Run(_server);
            urls.Add(location);
        }
        Assert.Equal(2, urls.Distinct().Count());

        await Final(urls).Run(_server);

        Assert.Equal("", (await fixture.Grpc.FindMedia(_job, _media)).Filename);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("https://ingest.example/behind/a/proxy")]
    public async Task Urls_may_be_absolute(string server)
    {
        var partials = await Parts(_photo, 2);

        await Final([partials[0].Url, server + partials[1].Url]).Run(_server);

        await MustBe(_photo);
    }

    [Fact]
    public async Task The_same_part_may_come_twice_and_be_part_of_two_files()
    {
        var (once, twice) = (Fresh.Media(), _media);
        var partial = await Partial.Of(_server, _job, [1, 2]);

        await Final([partial.Url, partial.Url]).Run(_server);
        await Final([partial.Url], media: once).Run(_server);
        await (partial.Patch(2, [3]) with { Chunked = true }).Refused(413, "body-too-long").Run(_server);
        await (partial.Patch(2, []) with { Chunked = true }).Run(_server);

        await MustBe([1, 2, 1, 2], twice);
        await MustBe([1, 2], once);
    }

    [Fact]
    public async Task Empty_parts_make_an_empty_file()
    {
        var partial = await Partial.Create(_server, _job, 0);

        await Final([partial.Url, partial.Url]).Run(_server);

        await MustBe([]);
    }

    [Fact]
    public async Task The_job_may_be_in_the_metadata()
    {
        var create = Upload.CreatePartial(_job, 3, ("job", _job)) with { Path = "/files" };
        var partial = new Partial(_job, Guid.Parse((await create.Run(_server))["Location"]!.Split('/')[^1]));
        await partial.Patch(0, [1, 2, 3]).Run(_server);

        await (Final([partial.Url], ("job", _job)) with { Path = "/files" }).Run(_server);

        await MustBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_final_whose_answer_was_lost_may_be_sent_again()
    {
        var partials = await Parts(_photo, 2);
        var final = Final(partials);

        var (first, second) = (await final.Run(_server), await final.Run(_server));
        foreach (var partial in partials)
            await Upload.Delete(_job, partial.Id).Run(_server);
        var third = await final.Run(_server);
        await Final(partials, ("sha256", TestMedia.Sha256([]))).Refused(422, "different-upload").Run(_server);
        await final.With("Repr-Digest", Digests.Field("sha-512", [])).Refused(422, "different-upload").Run(_server);

        Assert.Equal(
            [first["Upload-Offset"], first["Upload-Offset"]],
            new[] { second, third }.Select(answer => answer["Upload-Offset"]));
        Assert.Equal(2, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
        await MustBe(_photo);
    }

    [Fact]
    public async Task An_id_that_has_another_upload_is_not_made_a_final()
    {
        var partial = await Partial.Of(_server, _job, [1, 2, 3]);
        await Upload.Create(_job, _media, 3).Run(_server);
        await Final([partial.Url]).Refused(422, "different-upload").Run(_server);

        await Upload.Patch(_job, _media, 0, [4, 5, 6]).Run(_server);
        await Final([partial.Url], ("sha256", TestMedia.Sha256([1, 2, 3])))
            .Refused(422, "different-upload").Run(_server);
    }

    /// <summary>
    /// A client that knows the URL of a part must not be able to replace bytes of a file that
    /// is still to be put together.
    /// </summary>
    [Fact]
    public async Task The_id_of_a_part_is_no_medias()
    {
        var (part, other) = (await Partial.Create(_server, _job, 5), await Partial.Of(_server, _job, [6]));
        await part.Patch(0, [1, 2, 3]).Run(_server);

        foreach (var length in new[] { 5, 3_000_000 })
        {
            await Upload.CreateWith(_job, part.Id, TestMedia.Bytes(length), length)
                .Refused(422, "different-upload").Run(_server);
            await PlainUpload.Put(_job, $"{part.Id}", TestMedia.Bytes(length))
                .Refused(422, "different-upload").Run(_server);
        }
        await Upload.Create(_job, part.Id, 5).Refused(422, "different-upload").Run(_server);
        await Final([part, other], media: part.Id).Refused(422, "different-upload").Run(_server);
        Assert.Equal(
            "upload-not-found",
            (await fixture.Grpc.Fail("Jobs/DeleteMedia", new DeleteMediaRequest { Job = _job, Media = $"{part.Id}" }))
                .IngestError);

        await part.Head(3, 5).Run(_server);
        await part.Patch(3, [4, 5]).Run(_server);
        await Final([part, other]).Run(_server);
        await MustBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public async Task A_final_that_waits_has_the_hash_that_it_was_created_with()
    {
        var (whole, waiting) = (await Partial.Of(_server, _job, [1, 2, 3]), await Partial.Create(_server, _job, 1));
        (string, string) right = ("sha256", TestMedia.Sha256([1, 2, 3, 4]));
        await Final([whole, waiting], right).Run(_server);

        await Final([whole, waiting], right).Run(_server);
        await Final([whole, waiting], ("sha256", TestMedia.Sha256([]))).Refused(422, "different-upload").Run(_server);
        await Final([whole, waiting], right).With("Repr-Digest", Digests.Field("sha-512", []))
            .Refused(422, "different-upload").Run(_server);

        await waiting.Patch(0, [4]).Run(_server);
        await MustBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task A_final_takes_no_bytes()
    {
        var partials = await Parts([1, 2, 3], 1);
        await (Final(partials) with { Body = [1, 2, 3] }).With("Content-Type", Upload.OffsetType)
            .Refused(403, "final-upload").Run(_server);
        await Final(partials).Run(_server);

        await Upload.Patch(_job, _media, 3, []).Refused(403, "final-upload").Run(_server);
        await Upload.Patch(_job, _media, 0, [9]).Refused(403, "final-upload").Run(_server);
        await MustBe([1, 2, 3]);
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("Partial")]
    [InlineData("final")]
    [InlineData("final;")]
    [InlineData("final; ")]
    [InlineData("final;http://127.0.0.1/")]
    [InlineData("final;/jobs/another/uploads/0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f")]
    [InlineData("final;/jobs/{job}/uploads/0192f0c1")]
    [InlineData("final;/jobs/{job}/uploads/0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f?x")]
    public async Task What_is_no_concatenation_is_refused(string concat) =>
        await Final(Array.Empty<string>())
            .With("Upload-Concat", concat.Replace("{job}", _job, StringComparison.Ordinal))
            .Refused(400, "invalid-concat").Run(_server);

    [Fact]
    public async Task A_part_that_is_none_is_named()
    {
        var partial = await Partial.Of(_server, _job, [1, 2, 3]);
        var (upload, never, elsewhere) = (Fresh.Media(), Fresh.Media(), await Partial.Of(_server, Fresh.Job(), [1]));
        await Upload.Create(_job, upload, 3).Run(_server);

        string[] urls =
        [
            Upload.Url(_job, upload), Upload.Url(_job, never), elsewhere.Url,
            Upload.Url(_job, elsewhere.Id), Upload.Url(elsewhere.Job, partial.Id)
        ];
        foreach (var wrong in urls)
        {
            var refused = await Final([partial.Url, wrong]).Refused(400, "invalid-concat").Run(_server);
            Assert.Equal(wrong, refused.Member("url"));
        }
        await Upload.HeadOfNone(_job, _media, 404).Run(_server);
    }

    [Fact]
    public async Task A_final_has_as_many_bytes_as_an_upload_may()
    {
        var partial = await Partial.Of(_server, _job, [7]);
        var large = await Partial.Create(_server, _job, TusServer.MaxSize);
        var tooLarge = Fresh.Media();
        await Final([large.Url, partial.Url], tooLarge).Refused(413, "upload-too-large").Run(_server);
        await Upload.HeadOfNone(_job, tooLarge, 404).Run(_server);
    }

    [Fact]
    public async Task Bytes_that_are_not_what_was_promised_are_no_media_and_the_parts_stay()
    {
        var partials = await Parts(_photo, 2);

        var refused = await Final(Enumerable.Reverse(partials), ("sha256", TestMedia.Sha256(_photo)))
            .Refused(422, "hash-mismatch").Run(_server);
        Assert.Equal(TestMedia.Sha256(_photo), refused.Member("expected"));
        await Upload.HeadOfNone(_job, _media, 410).Run(_server);

        await Final(partials, ("sha256", TestMedia.Sha256(_photo))).Run(_server);
        await MustBe(_photo);
    }

    [Fact]
    public async Task What_the_job_has_already_is_a_duplicate()
    {
        var (original, declared) = (Fresh.Media(), Fresh.Media());
        await Upload.CreateWith(_job, original, _photo, _photo.Length).Run(_server);
        var partials = await Parts(_photo, 2);

        await Final(partials).Run(_server);
        await Final(partials, declared, ("sha256", TestMedia.Sha256(_photo))).Run(_server);

        await MustBe(_photo);
        await MustBe(_photo, declared);
        Assert.Equal(
            new Received { Total = 3, Stored = 1, Duplicates = 2, StoredBytes = _photo.Length },
            (await fixture.Grpc.GetJob(_job)).Received);
    }

    [Fact]
    public async Task A_partial_upload_that_was_given_up_is_gone()
    {
        var partials = await Parts(_photo, 2);
        await Upload.Delete(_job, partials[0].Id).Run(_server);

        await Upload.HeadOfNone(_job, partials[0].Id, 404).Run(_server);
        await partials[0].Patch(0, [1]).Refused(404, "upload-not-found").Run(_server);
        await Upload.Delete(_job, partials[0].Id).Refused(404, "upload-not-found").Run(_server);
        Assert.Equal(
            partials[0].Url,
            (await Final(partials).Refused(400, "invalid-concat").Run(_server)).Member("url"));
    }

    private Task<List<Partial>> Parts(byte[] bytes, int parts) => Partial.Of(_server, _job, bytes, parts);

    private HttpTest Final(IEnumerable<Partial> parts, params (string Key, string Value)[] metadata) =>
        Final(parts, _media, metadata);

    private HttpTest Final(IEnumerable<Partial> parts, Guid media, params (string Key, string Value)[] metadata) =>
        Final(parts.Select(part => part.Url), media, metadata);

    private HttpTest Final(IEnumerable<string> urls, params (string Key, string Value)[] metadata) =>
        Final(urls, _media, metadata);

    private HttpTest Final(IEnumerable<string> urls, Guid media, params (string Key, string Value)[] metadata) =>
        Upload.CreateFinal(_job, media, urls, metadata);

    private async Task MustBe(byte[] bytes, Guid? media = null)
    {
        var download = await Upload.Download(_job, media ?? _media).Run(_server);
        Assert.Equal(bytes, download.Body);
        Assert.Equal($"\"{TestMedia.Sha256(bytes)}\"", download["ETag"]);
        await Upload.Head(_job, media ?? _media, bytes.Length, bytes.Length).Run(_server);
    }
}
