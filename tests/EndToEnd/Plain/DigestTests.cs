using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Plain;

/// <summary>
/// An ordinary POST or PUT says what it hashes to with the headers that HTTP has for it (RFC 9530).
/// </summary>
[Collection(TusCollection.Name)]
public sealed class DigestTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly byte[] _bytes = TestMedia.Bytes(3_000_000);

    [Theory]
    [InlineData("Content-Digest", false)]
    [InlineData("Content-Digest", true)]
    [InlineData("Repr-Digest", false)]
    [InlineData("Repr-Digest", true)]
    public async Task A_file_that_is_what_it_says_is_stored(string header, bool chunked)
    {
        var digests = $"{Digests.Field("sha-256", _bytes)}, {Digests.Field("sha-512", _bytes)}";

        var created = await (PlainUpload.Post(_job, _bytes).With(header, digests) with { Chunked = chunked })
            .Run(_server);

        Assert.Equal(Digests.Field("sha-256", _bytes), created["Repr-Digest"]);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task What_the_whole_file_hashes_to_is_said_before_it_comes(string method)
    {
        var send = PlainUpload.Post(_job, _bytes) with { Method = method, Chunked = true };

        await send.With("Trailer", "Repr-Digest").Refused(400, "invalid-digest").Run(_server);

        Assert.Equal(
            "job-not-found",
            (await fixture.Grpc.Fail("Jobs/GetJob", new GetJobRequest { Job = _job })).IngestError);
    }

    [Theory]
    [InlineData("sha-256", false)]
    [InlineData("sha-512", true)]
    public async Task A_file_that_changed_on_its_way_leaves_nothing(string algorithm, bool chunked)
    {
        var put = PlainUpload.Put(_job, "roof.jpg", _bytes) with { Chunked = chunked };

        await put.With("Content-Digest", Digests.Field(algorithm, [1]))
            .Refused(400, Problems.DigestMismatchingValues).Run(_server);
        await put.With("Repr-Digest", Digests.Field(algorithm, [1])).Refused(422, "hash-mismatch").Run(_server);

        Assert.Equal(0, (await fixture.Grpc.GetJob(_job)).Received.Stored);
    }
}
