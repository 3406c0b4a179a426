using System.Text;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// checksum-trailer: the checksum comes after the bytes, from a client that
/// sends them while they are made.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class ChecksumTrailerTests(TusServer fixture)
{
    private const string Name = "Upload-Checksum";
    private const int Length = 100;
    private const int Begun = 10;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _bytes = TestMedia.Bytes(Length);

    public static TheoryData<string, string> Malformed => new()
    {
        { $"{Name}: sha1\r\n", "invalid-digest" },
        { $"{Name}: crc32 AAAAAA==\r\n", "invalid-digest" },
        { $"{Name}: {Digests.Checksum("sha1", [1])}\r\n{Name}: {Digests.Checksum("md5", [1])}\r\n", "invalid-digest" },
        { "Another: trailer\r\n", "invalid-digest" },
        { "", "invalid-digest" },
    };

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("md5")]
    public async Task A_part_that_is_what_its_trailer_says_counts(string algorithm)
    {
        await Began();

        Assert.StartsWith("HTTP/1.1 204 ", await Send($"{Name}: {Digests.Checksum(algorithm, _bytes[Begun..])}\r\n"));

        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("md5")]
    public async Task A_part_that_is_not_what_its_trailer_says_does_not_count(string algorithm)
    {
        await Began();

        Assert.StartsWith("HTTP/1.1 460 ", await Send($"{Name}: {Digests.Checksum(algorithm, [1])}\r\n"));

        await MustGoOnFromWhereItWas();
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_part_whose_trailer_is_malformed_or_missing_does_not_count(string trailer, string problem)
    {
        await Began();

        var answer = await Send(trailer, toTheEnd: true);

        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Contains(problem, answer);
        await MustGoOnFromWhereItWas();
    }

    [Fact]
    public async Task A_body_whose_length_is_said_has_no_trailer()
    {
        await Began();

        await Upload.Patch(_job, _media, Begun, _bytes[Begun..]).With("Trailer", Name)
            .Refused(400, "invalid-digest").Run(_server);

        await MustGoOnFromWhereItWas();
    }

    [Fact]
    public async Task It_is_a_header_or_a_trailer_and_not_both()
    {
        await Began();

        await Upload.Patch(_job, _media, Begun, _bytes[Begun..])
            .With("Trailer", Name).With(Name, Digests.Checksum("sha1", _bytes[Begun..]))
            .Refused(400, "invalid-digest").Run(_server);

        await MustGoOnFromWhereItWas();
    }

    [Fact]
    public async Task A_creation_brings_a_body_with_a_trailer()
    {
        using var line = await RawConnection.Open(_server);
        await line.Send(
            "POST",
            Upload.Url(_job),
            ("Tus-Resumable", "1.0.0"),
            ("Upload-Length", Length),
            ("Upload-Metadata", Upload.Metadata([("media", _media.ToString())])),
            ("Content-Type", Upload.OffsetType), ("Transfer-Encoding", "chunked"), ("Trailer", Name));
        await SendBody(line, _bytes, $"{Name}: {Digests.Checksum("md5", _bytes)}\r\n");

        Assert.StartsWith("HTTP/1.1 201 ", await line.ReadHead());
        await Upload.Head(_job, _media, Length, Length).Run(_server);
    }

    [Fact]
    public async Task Over_HTTP_2_a_part_that_is_what_its_trailer_says_counts()
    {
        await Began();
        var part = Upload.Patch(_job, _media, Begun, _bytes[Begun..]);

        Assert.Equal(460, await NodeHttp2.Send(_server, part, Name, Digests.Checksum("sha1", [1])));
        Assert.Equal(400, await NodeHttp2.Send(_server, part, Name, "sha1"));
        await Upload.Head(_job, _media, Begun, Length).Run(_server);
        Assert.Equal(204, await NodeHttp2.Send(_server, part, Name, Digests.Checksum("sha1", _bytes[Begun..])));

        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    private Task<HttpAnswer> Began() => Upload.CreateWith(_job, _media, _bytes[..Begun], Length).Run(_server);

    private async Task MustGoOnFromWhereItWas()
    {
        await Upload.Head(_job, _media, Begun, Length).Run(_server);
        await Upload.Patch(_job, _media, Begun, _bytes[Begun..]).Run(_server);
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    /// <summary>Sends the rest as one chunk, and trailers; what comes back.</summary>
    private async Task<string> Send(string trailers, bool toTheEnd = false)
    {
        using var line = await RawConnection.Open(_server);
        await line.SendPatch(
            Upload.Url(_job, _media), Begun,
            ("Transfer-Encoding", "chunked"),
            ("Trailer", $"Other, {Name.ToLowerInvariant()}"), ("Connection", "close"));
        await SendBody(line, _bytes[Begun..], trailers);
        return toTheEnd ? await line.ReadUntil(_ => false) : await line.ReadHead();
    }

    private static async Task SendBody(RawConnection line, byte[] bytes, string trailers) =>
        await line.Send((byte[])
        [
            .. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"),
            .. bytes,
            .. Encoding.ASCII.GetBytes($"\r\n0\r\n{trailers}\r\n")
        ]);
}
