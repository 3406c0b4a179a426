using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// Content-Digest (RFC 9530) does for any HTTP client what Upload-Checksum does for a tus client.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class ContentDigestTests(TusServer fixture)
{
    private const int Length = 100;
    private const int Begun = 10;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _bytes = TestMedia.Bytes(Length);

    public static TheoryData<string> Malformed =>
    [
        "sha-256", "sha-256=", "sha-256=abc", "sha-256=:abc:", "sha-256=::",
        "sha-256=?1", "sha-512=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
        "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "SHA-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", "=",
        ",", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:,",
        "sha-256=:47DEQpj8HBSa+/TImW+5 JCeuQeRkm5NMpJWZG3hSuFU=:",
    ];

    [Theory]
    [InlineData("sha-256")]
    [InlineData("sha-512")]
    public async Task A_part_counts_if_it_is_what_its_digest_says(string algorithm)
    {
        await Began();

        var refused = await Rest(Digests.Field(algorithm, [1]))
            .Refused(400, Problems.DigestMismatchingValues).Run(_server);
        Assert.Equal(
            (algorithm, Digests.Base64(algorithm, [1])),
            (refused.Member("algorithm"), refused.Member("expected")));
        Assert.Equal(Digests.Base64(algorithm, _bytes[Begun..]), refused.Member("actual"));
        Assert.Contains("\"header\":\"Content-Digest\"", refused.Member("mismatching-digests"));
        await Upload.Head(_job, _media, Begun, Length).Run(_server);

        await Rest(Digests.Field(algorithm, _bytes[Begun..])).Run(_server);
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task All_digests_must_be_right()
    {
        await Began();
        var (right, wrong) = (Digests.Field("sha-256", _bytes[Begun..]), Digests.Field("sha-512", [1]));

        await Rest($"{right}, {wrong}").Refused(400, Problems.DigestMismatchingValues).Run(_server);
        await Upload.Head(_job, _media, Begun, Length).Run(_server);

        await Rest($"{right};by=\"me\",{Digests.Field("sha-512", _bytes[Begun..])}").Run(_server);
    }

    [Theory]
    [InlineData("unixsum=:AAA=:")]
    [InlineData("md5=:AAA=:, crc32c=:AAAAAA==:")]
    [InlineData("sha=nonsense;a=1, sha-384, sha-3")]
    public async Task What_the_server_cannot_compute_it_passes_over(string digests)
    {
        await Began();

        await Rest(digests).Run(_server);

        await Upload.Head(_job, _media, Length, Length).Run(_server);
    }

    [Theory]
    [InlineData("foo=\"a,b;c\", bar=\"\\\", d\", {0}")]
    [InlineData("foo=(1.5 \"a, b\");n, {0}")]
    [InlineData("{0};by=\"you, and me\"; at=@1795339401")]
    public async Task It_stands_beside_anything_that_a_dictionary_holds(string digests)
    {
        await Began();

        await Rest(string.Format(null, digests, Digests.Field("sha-256", [1])))
            .Refused(400, Problems.DigestMismatchingValues).Run(_server);
        await Rest(string.Format(null, digests, Digests.Field("sha-256", _bytes[Begun..]))).Run(_server);
    }

    [Theory]
    [InlineData("sha-256")]
    [InlineData("sha-512")]
    public async Task Its_Base64_may_go_without_padding(string algorithm)
    {
        await Began();

        await Rest($"{algorithm}=:{Digests.Base64(algorithm, [1]).TrimEnd('=')}:")
            .Refused(400, Problems.DigestMismatchingValues).Run(_server);
        await Rest($"{algorithm}=:{Digests.Base64(algorithm, _bytes[Begun..]).TrimEnd('=')}:").Run(_server);
    }

    [Fact]
    public async Task It_comes_in_one_line_or_in_several()
    {
        await Began();
        var right = Digests.Field("sha-256", _bytes[Begun..]);

        Assert.StartsWith("HTTP/1.1 400 ", await SendRest(right, Digests.Field("sha-512", [1])));
        Assert.StartsWith("HTTP/1.1 204 ", await SendRest(right, "", Digests.Field("sha-512", _bytes[Begun..])));
    }

    [Fact]
    public async Task An_empty_one_promises_nothing()
    {
        await Began();

        await Rest("").Run(_server);

        await Upload.Head(_job, _media, Length, Length).Run(_server);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_digest_that_is_none_is_refused(string digest)
    {
        await Began();

        await Rest(digest).Refused(400, "invalid-digest").Run(_server);

        await Upload.Head(_job, _media, Begun, Length).Run(_server);
    }

    /// <summary>Two that say what one body hashes to: neither is passed over.</summary>
    [Theory]
    [InlineData(true, true, null)]
    [InlineData(true, false, "Content-Digest")]
    [InlineData(false, true, "Upload-Checksum")]
    [InlineData(false, false, "Upload-Checksum, Content-Digest")]
    public async Task There_is_no_checksum_beside_it(bool checksum, bool digest, string? trailer)
    {
        await Began();
        var part = Upload.Patch(_job, _media, Begun, _bytes[Begun..])
            .With("Upload-Checksum", checksum ? Digests.Checksum("sha1", _bytes[Begun..]) : null)
            .With("Content-Digest", digest ? Digests.Field("sha-256", [1]) : null).With("Trailer", trailer);

        var refused = await part.Refused(400, "invalid-digest").Run(_server);

        Assert.Contains("send one of them", refused.Member("detail"));
        await Upload.Head(_job, _media, Begun, Length).Run(_server);
    }

    [Fact]
    public async Task Nor_on_a_creation()
    {
        await Upload.CreateWith(_job, _media, _bytes, Length)
            .With("Upload-Checksum", Digests.Checksum("sha1", _bytes))
            .With("Content-Digest", Digests.Field("sha-256", [1]))
            .Refused(400, "invalid-digest").Run(_server);

        await Upload.HeadOfNone(_job, _media, 404).Run(_server);
    }

    private Task<HttpAnswer> Began() => Upload.CreateWith(_job, _media, _bytes[..Begun], Length).Run(_server);

    private async Task<string> SendRest(params string[] digests)
    {
        using var line = await RawConnection.Open(_server);
        await line.SendPatch(
            Upload.Url(_job, _media),
            Begun,
            [("Content-Length", Length - Begun), .. digests.Select(digest => ("Content-Digest", (object)digest))]);
        await line.Send(_bytes.AsMemory(Begun));
        return await line.ReadHead();
    }

    private HttpTest Rest(string digest) =>
        Upload.Patch(_job, _media, Begun, _bytes[Begun..]).With("Content-Digest", digest);
}
