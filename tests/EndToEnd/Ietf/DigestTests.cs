using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>Content-Digest is of one request, Repr-Digest of the whole file (RFC 9530).</summary>
[Collection(TusCollection.Name)]
public sealed class DigestTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly byte[] _bytes = TestMedia.Bytes(3_000_000); // more than what is decided in one step

    public static TheoryData<string> OfPhones => Form.OfPhones;

    [Theory]
    [MemberData(nameof(OfPhones))]
    public async Task A_part_that_is_wrong_does_not_count(string version)
    {
        var form = new Form(version);
        var url = (await Right(form.Create(_job, _bytes[..1000], isLast: false)).Run(_server))["Location"]!;

        await Wrong(form.Append(url, 1000, _bytes[1000..2000], isLast: false)).Run(_server);
        await Wrong(form.Append(url, 1000, _bytes[1000..], isLast: true)).Run(_server);
        await (Wrong(form.Append(url, 1000, _bytes[1000..], isLast: true)) with { Chunked = true }).Run(_server);
        await form.Head(url, 1000, isComplete: false, _bytes.Length).Run(_server); // the last part said how long it is
        await Right(form.Append(url, 1000, _bytes[1000..2000], isLast: false)).Run(_server);
        await (Right(form.Append(url, 2000, _bytes[2000..], isLast: true)) with { Chunked = true }).Run(_server);

        await MustHave(url, _bytes);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(3_000_000)]
    public async Task A_creation_that_is_wrong_stores_nothing(int length)
    {
        var create = Form.Final.Create(_job, _bytes[..length], isLast: true);

        await Wrong(create).Run(_server);
        var url = (await Right(create).Run(_server))["Location"]!;

        await MustHave(url, _bytes[..length]);
        Assert.Equal(1, (await fixture.Grpc.GetJob(_job)).Received.Stored);
    }

    [Theory]
    [InlineData("sha-256")]
    [InlineData("sha-512")]
    public async Task The_whole_file_must_be_what_its_creation_promised(string algorithm)
    {
        var create = Form.Final.Create(_job, _bytes[..1000], isLast: false)
            .With("Repr-Digest", Digests.Field(algorithm, _bytes));
        var (right, wrong) = ((await create.Run(_server))["Location"]!, (await create.Run(_server))["Location"]!);

        var refused = await Form.Final.Append(wrong, 1000, _bytes[1001..], isLast: true)
            .Refused(422, "hash-mismatch").Run(_server);
        Assert.Equal("?1", refused["Upload-Complete"]); // all of it came: there is nothing to resume
        var last = await Form.Final.Append(right, 1000, _bytes[1000..], isLast: true)
            .With("Want-Repr-Digest", $"{algorithm}=1").Run(_server);

        Assert.Equal(Digests.Field(algorithm, _bytes), last["Repr-Digest"]);
        await Form.Final.Append(wrong, 1000, _bytes[1000..], isLast: true).Refused(410, "upload-ended").Run(_server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_whole_file_hashes_to_is_said_before_it_comes(bool isLast) =>
        await Form.Final.Create(_job, _bytes, isLast).With("Trailer", "Repr-Digest")
            .Refused(400, "invalid-digest").Run(_server);

    private static HttpTest Right(HttpTest test) => test.With("Content-Digest", Digests.Field("sha-256", test.Body!));

    private static HttpTest Wrong(HttpTest test) =>
        test.With("Content-Digest", Digests.Field("sha-512", [1])).Refused(400, Problems.DigestMismatchingValues);

    private async Task MustHave(string url, byte[] file) =>
        Assert.Equal(file, (await Upload.Download(_job, Guid.Parse(url.Split('/')[^1])).Run(_server)).Body);
}
