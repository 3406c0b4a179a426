using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Http;

/// <summary>
/// Repr-Digest (RFC 9530): a client says what its whole file hashes to, and is told what arrived.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class ReprDigestTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _photo = TestMedia.Photo(3);

    private byte[] Broken => [.. _photo[..^1], (byte)~_photo[^1]];

    public static TheoryData<string, bool> Promises =>
        new() { { "sha-256", false }, { "sha-256", true }, { "sha-512", false }, { "sha-512", true } };

    [Theory]
    [MemberData(nameof(Promises))]
    public async Task A_file_that_is_what_was_promised_is_stored(string algorithm, bool whole)
    {
        await Send(_photo, Digests.Field(algorithm, _photo), whole).Run(_server);

        Assert.Equal(_photo, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Theory]
    [MemberData(nameof(Promises))]
    public async Task A_file_that_is_not_ends_its_upload_and_can_be_sent_again(string algorithm, bool whole)
    {
        var promise = Digests.Field(algorithm, _photo);
        var last = Send(Broken, promise, whole);

        var mismatch = await last.Refused(422, "hash-mismatch").Run(_server);

        Assert.Equal(
            (Hex(algorithm, _photo), Hex(algorithm, Broken)),
            (mismatch.Member("expected"), mismatch.Member("actual")));
        var media = await fixture.Grpc.FindMedia(_job, _media);
        Assert.Equal(
            (MediaState.Error, "hash-mismatch", true),
            (media.State, media.Failure.Code, media.Failure.Retryable));
        Assert.Contains(Hex(algorithm, _photo), media.Failure.Message);
        Assert.Contains(Hex(algorithm, Broken), media.Failure.Message);
        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
        await A_file_that_is_what_was_promised_is_stored(algorithm, whole);
    }

    [Theory]
    [InlineData("sha-256")]
    [InlineData("sha-512")]
    public async Task The_promise_holds_when_the_file_comes_in_parts(string algorithm)
    {
        await Upload.Create(_job, _media, _photo.Length)
            .With("Repr-Digest", Digests.Field(algorithm, _photo)).Run(_server);
        await Upload.Patch(_job, _media, 0, _photo[..1000]).Run(_server);

        await Upload.Patch(_job, _media, 1000, Broken[1000..]).Refused(422, "hash-mismatch").Run(_server);
    }

    [Theory]
    [InlineData("sha-256")]
    [InlineData("sha-512")]
    public async Task The_promise_holds_for_a_file_of_partial_uploads(string algorithm)
    {
        var parts = (await Partial.Of(_server, _job, _photo, parts: 2)).ConvertAll(part => part.Url);
        var final = Upload.CreateFinal(_job, _media, parts).With("Repr-Digest", Digests.Field(algorithm, _photo));

        await Upload.CreateFinal(_job, _media, [parts[1], parts[0]])
            .With("Repr-Digest", Digests.Field(algorithm, _photo)).Refused(422, "hash-mismatch").Run(_server);
        final.Expected["Repr-Digest"] = Digests.Field("sha-256", _photo);
        await final.Run(_server);
    }

    /// <summary>
    /// A SHA-512 is not used to find duplicates, but a duplicate must have
    /// the promised one all the same.
    /// </summary>
    [Fact]
    public async Task A_promise_is_kept_by_a_duplicate_too()
    {
        await Upload.CreateWith(_job, Fresh.Media(), _photo, _photo.Length).Run(_server);

        await Send(_photo, Digests.Field("sha-512", Broken), whole: true).Refused(422, "hash-mismatch").Run(_server);
        await Send(_photo, Digests.Field("sha-512", _photo), whole: true).Run(_server);

        Assert.Equal(MediaState.Duplicate, (await fixture.Grpc.FindMedia(_job, _media)).State);
    }

    [Fact]
    public async Task A_known_file_needs_no_bytes()
    {
        await Upload.CreateWith(_job, Fresh.Media(), _photo, _photo.Length).Run(_server);

        var created = await Upload.Create(_job, _media, _photo.Length)
            .With("Repr-Digest", Digests.Field("sha-256", _photo)).Run(_server);

        Assert.Equal(_photo.Length.ToString(), created["Upload-Offset"]);
    }

    [Fact]
    public async Task A_complete_upload_that_is_created_again_must_be_the_same_file()
    {
        await Upload.CreateWith(_job, _media, _photo, _photo.Length).Run(_server);
        var again = Upload.Create(_job, _media, _photo.Length);

        await again.With("Repr-Digest", Digests.Field("sha-512", _photo)).Run(_server);
        await again.With("Repr-Digest", Digests.Field("sha-512", Broken)).Refused(422, "different-upload").Run(_server);
        await again.With("Repr-Digest", Digests.Field("sha-256", Broken)).Refused(422, "different-upload").Run(_server);
    }

    [Fact]
    public async Task The_metadata_may_say_the_same_and_nothing_else()
    {
        var create = Upload.Create(_job, _media, _photo.Length, ("sha256", TestMedia.Sha256(_photo)));

        await create.With("Repr-Digest", Digests.Field("sha-256", Broken)).Refused(400, "invalid-digest").Run(_server);
        await create.With("Repr-Digest", Digests.Field("sha-256", _photo)).Run(_server);
    }

    [Theory]
    [InlineData("sha-256")]
    [InlineData("sha-256=:abc:")]
    [InlineData("sha-512=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")]
    [InlineData("sha-256=\"")]
    public async Task A_promise_that_is_none_is_refused(string promise)
    {
        await Upload.Create(_job, _media, 3).With("Repr-Digest", promise).Refused(400, "invalid-digest").Run(_server);

        await Upload.HeadOfNone(_job, _media, 404).Run(_server);
    }

    [Theory]
    [InlineData("md5=:rL0Y20zC+Fzt72VPzMSk2A==:, unixsum=:AAA=:")]
    [InlineData("")]
    public Task What_the_server_cannot_compute_is_no_promise(string digests) =>
        Upload.Create(_job, _media, 3).With("Repr-Digest", digests).Run(_server);

    /// <summary>It decides whether bytes are needed at all, so it cannot come after them.</summary>
    [Fact]
    public async Task A_promise_that_is_to_come_as_a_trailer_is_refused()
    {
        await Upload.CreateWith(_job, _media, _photo, _photo.Length).With("Trailer", "Other, repr-digest")
            .Refused(400, "invalid-digest").Run(_server);

        await Upload.HeadOfNone(_job, _media, 404).Run(_server);
    }

    [Fact]
    public async Task Whoever_is_told_that_a_file_is_here_is_told_its_hash()
    {
        var part = await Upload.CreateWith(_job, _media, _photo[..1000], _photo.Length).Run(_server);
        Assert.Null(part["Repr-Digest"]);

        var patched = await Upload.Patch(_job, _media, 1000, _photo[1000..]).Run(_server);
        var head = await Upload.Head(_job, _media, _photo.Length, _photo.Length).Run(_server);
        var again = await Upload.Create(_job, _media, _photo.Length).Run(_server);
        var download = await Upload.Download(_job, _media).Run(_server);
        var range = await (Upload.Download(_job, _media).With("Range", "bytes=5-9") with { Status = 206 }).Run(_server);

        Assert.All([patched, head, again, download, range], answer =>
            Assert.Equal(Digests.Field("sha-256", _photo), answer["Repr-Digest"]));
    }

    [Theory]
    [InlineData("sha-512=1", "sha-512")]
    [InlineData("sha-512=10, sha-256=0", "sha-512")]
    [InlineData("sha-512=10, md5=3", "sha-512")]
    [InlineData("sha-512=10, sha-256=1", "sha-256")]
    [InlineData("sha-256=1", "sha-256")]
    [InlineData("sha-512=0", "sha-256")]
    [InlineData("md5=10", "sha-256")]
    [InlineData("sha-512", "sha-256")]
    [InlineData("???", "sha-256")]
    public async Task Who_wants_nothing_but_a_SHA_512_is_told_that(string wanted, string told)
    {
        var created = await Upload.CreateWith(_job, _media, _photo, _photo.Length)
            .With("Want-Repr-Digest", wanted).Run(_server);

        Assert.Equal(Digests.Field(told, _photo), created["Repr-Digest"]);
    }

    [Fact]
    public async Task Who_brings_the_last_byte_may_want_a_SHA_512()
    {
        await Upload.CreateWith(_job, _media, _photo[..1000], _photo.Length).Run(_server);

        var patched = await Upload.Patch(_job, _media, 1000, _photo[1000..])
            .With("Want-Repr-Digest", "sha-512=1").Run(_server);

        Assert.Equal(Digests.Field("sha-512", _photo), patched["Repr-Digest"]);
    }

    /// <summary>For a SHA-512 the file must be read, and asking is cheap.</summary>
    [Fact]
    public async Task Who_brings_nothing_is_told_the_SHA_256()
    {
        var url = (await Upload.CreateWith(_job, _media, _photo, _photo.Length).Run(_server))["Location"]!;
        var head = Form.Final.Head(url, _photo.Length, isComplete: true, _photo.Length);
        HttpTest[] asking =
        [
            Upload.Head(_job, _media, _photo.Length, _photo.Length), head, head with { Method = "GET" },
            Upload.Create(_job, _media, _photo.Length),
            Upload.CreateWith(_job, _media, _photo[..1], _photo.Length) with { Expected = [] },
            Form.Final.Append(url, _photo.Length, [], isLast: true),
        ];

        foreach (var ask in asking)
            Assert.Equal(
                Digests.Field("sha-256", _photo),
                (await ask.With("Want-Repr-Digest", "sha-512=1").Run(_server))["Repr-Digest"]);
    }

    /// <summary>A creation with the whole file, or its last part.</summary>
    private HttpTest Send(byte[] bytes, string promise, bool whole) => whole
        ? Upload.CreateWith(_job, _media, bytes, bytes.Length).With("Repr-Digest", promise)
        : Upload.CreateWith(_job, _media, bytes, bytes.Length).With("Repr-Digest", promise) with { Chunked = true };

    private static string Hex(string algorithm, byte[] bytes) =>
        Convert.ToHexStringLower(Convert.FromBase64String(Digests.Base64(algorithm, bytes)));
}
