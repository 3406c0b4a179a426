using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// checksum: a body counts if it has its checksum, and nothing of it does if it has not.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class ChecksumTests(TusServer fixture)
{
    private const int Length = 3_000_000; // more than what is decided in one step when it comes with its creation
    private const int Begun = 100_000;
    private const int Sent = 200_000;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _bytes = TestMedia.Bytes(Length);

    public static TheoryData<string> Algorithms => ["sha1", "sha256", "md5"];

    public static TheoryData<string> Malformed =>
    [
        "", " ", "sha1", "sha1 ", "crc32 AAAAAA==", "SHA1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBw==", "sha1 !jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        "sha256 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha1  2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk= x",
        "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=,sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
    ];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Parts_that_are_right_make_a_file(string algorithm)
    {
        await Upload.Create(_job, _media, Length).Run(_server);
        for (var offset = 0; offset < Length; offset += Length / 3)
            await Right(offset, offset + (Length / 3), algorithm).Run(_server);

        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_part_that_is_wrong_does_not_count(string algorithm)
    {
        await Began();

        var refused = await Wrong(algorithm).Run(_server);

        Assert.Equal(algorithm, refused.Member("algorithm"));
        Assert.Equal(Digests.Base64(algorithm, [1]), refused.Member("expected"));
        Assert.Equal(Digests.Base64(algorithm, _bytes[Begun..Sent]), refused.Member("actual"));
        await MustGoOnFrom(Begun);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_checksum_that_is_none_is_refused(string checksum)
    {
        await Began();

        await Patch(Begun, Sent, checksum).Refused(400, "invalid-digest").Run(_server);

        await MustGoOnFrom(Begun);
    }

    [Fact]
    public async Task A_last_part_that_is_wrong_completes_nothing()
    {
        await Began();

        await Patch(Begun, Length, Digests.Checksum("sha1", [])).Refused(460, "checksum-mismatch").Run(_server);

        Assert.Equal(1, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
        await MustGoOnFrom(Begun);
    }

    /// <summary>
    /// What the server has hashed on the way is what counts, and not what was thrown away.
    /// </summary>
    [Fact]
    public async Task The_hash_of_the_whole_file_knows_nothing_of_wrong_parts()
    {
        await Upload.Create(_job, _media, Length, ("sha256", TestMedia.Sha256(_bytes))).Run(_server);

        await Upload.Patch(_job, _media, 0, _bytes[..Begun]).Run(_server);
        await Wrong("sha1").Run(_server);
        await Right(Begun, Sent, "sha1").Run(_server);
        await Patch(Sent, Length, Digests.Checksum("md5", [])).Refused(460, "checksum-mismatch").Run(_server);
        await Right(Sent, Length, "md5").Run(_server);

        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task An_upload_may_end_where_a_wrong_part_began()
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Patch(_job, _media, 0, _bytes[..Begun]).Run(_server);
        await Wrong("sha1").Run(_server);

        await Upload.Patch(_job, _media, Begun, []).With("Upload-Length", Begun.ToString()).Run(_server);

        Assert.Equal(_bytes[..Begun], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task A_body_without_bytes_has_a_checksum_too()
    {
        await Began();

        await Upload.Patch(_job, _media, Begun, []).With("Upload-Checksum", Digests.Checksum("sha1", [1]))
            .Refused(460, "checksum-mismatch").Run(_server);
        await Upload.Patch(_job, _media, Begun, []).With("Upload-Checksum", Digests.Checksum("sha1", [])).Run(_server);

        await MustGoOnFrom(Begun);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task More_bytes_than_there_is_room_for_are_refused_and_none_of_them_counts(bool chunked)
    {
        await Began();
        byte[] tooMany = [.. _bytes[Begun..], 1];

        var patch = Upload.Patch(_job, _media, Begun, tooMany)
            .With("Upload-Checksum", Digests.Checksum("sha1", tooMany));
        await (patch with { Chunked = chunked }).Refused(413, "body-too-long").Run(_server);

        await MustGoOnFrom(Begun);
    }

    [Theory]
    [InlineData(Begun)]
    [InlineData(Length)]
    public async Task A_creation_brings_a_body_with_a_checksum(int length)
    {
        var create = Upload.CreateWith(_job, _media, _bytes[..Begun], length);

        await create.With("Upload-Checksum", Digests.Checksum("sha1", [1]))
            .Refused(460, "checksum-mismatch").Run(_server);
        await create.With("Upload-Checksum", "sha1").Refused(400, "invalid-digest").Run(_server);
        Assert.NotEqual(Begun, await Upload.Offset(_server, _job, _media));
        await create.With("Upload-Checksum", Digests.Checksum("sha1", _bytes[..Begun])).Run(_server);

        await Upload.Head(_job, _media, Begun, length).Run(_server);
    }

    [Fact]
    public async Task A_small_file_that_is_wrong_was_never_heard_of()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).With("Upload-Checksum", Digests.Checksum("sha1", [1]))
            .Refused(460, "checksum-mismatch").Run(_server);

        await Upload.HeadOfNone(_job, _media, 404).Run(_server);
    }

    [Fact]
    public async Task A_file_of_partial_uploads_waits_for_parts_that_are_right()
    {
        var partial = await Partial.Create(_server, _job, Length);
        await Upload.CreateFinal(_job, _media, [partial.Url, partial.Url]).Run(_server);

        await partial.Patch(0, _bytes).With("Upload-Checksum", Digests.Checksum("sha1", []))
            .Refused(460, "checksum-mismatch").Run(_server);
        await partial.Head(0, Length).Run(_server);
        Assert.Equal(1, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
        await partial.Patch(0, _bytes).With("Upload-Checksum", Digests.Checksum("sha1", _bytes)).Run(_server);

        byte[] twice = [.. _bytes, .. _bytes];
        Assert.Equal(twice, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    /// <summary>An upload with its first bytes, which came without a checksum.</summary>
    private Task<HttpAnswer> Began() => Upload.CreateWith(_job, _media, _bytes[..Begun], Length).Run(_server);

    private async Task MustGoOnFrom(int offset)
    {
        await Upload.Head(_job, _media, offset, Length).Run(_server);
        await Upload.Patch(_job, _media, offset, _bytes[offset..]).Run(_server);
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    private HttpTest Right(int from, int to, string algorithm) =>
        Patch(from, to, Digests.Checksum(algorithm, _bytes[from..to]));

    private HttpTest Wrong(string algorithm) =>
        Patch(Begun, Sent, Digests.Checksum(algorithm, [1])).Refused(460, "checksum-mismatch");

    private HttpTest Patch(int from, int to, string checksum) =>
        Upload.Patch(_job, _media, from, _bytes[from..to]).With("Upload-Checksum", checksum);
}
