using OrleansIngest.EndToEnd.Plain;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Http;

/// <summary>
/// A file that comes whole and does not have the length that its request says is not the
/// file: nothing of it is stored.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class ContradictionTests(TusServer fixture)
{
    /// <summary>
    /// Ordinary requests, and requests of the IETF protocol that are taken for ordinary ones.
    /// </summary>
    private static readonly Dictionary<string, (string Name, string Value)[]> s_requests = new()
    {
        ["ordinary"] = [],
        ["whether it is complete is not said"] = [("Upload-Draft-Interop-Version", "8")],
        ["whether it is complete cannot be read"] = [("Upload-Complete", "yes")],
        ["whether it is incomplete cannot be read"] =
            [("Upload-Draft-Interop-Version", "3"), ("Upload-Incomplete", "1")],
        ["its version is not known"] = [("Upload-Draft-Interop-Version", "11"), ("Upload-Complete", "?1")],
    };

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    public static MatrixTheoryData<string, bool, bool> Requests => new(s_requests.Keys, [false, true], [false, true]);

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task It_is_refused(string request, bool chunked, bool put)
    {
        foreach (var length in new[] { 0, 4, 10, 2_000_000 })
            await Create(request, chunked, put, length).Refused(400, Problems.InconsistentUploadLength).Run(_server);

        var job = await fixture.Grpc.Fail("Jobs/GetJob", new GetJobRequest { Job = _job });
        Assert.Equal("job-not-found", job.IngestError);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task One_of_that_length_is_stored(string request, bool chunked, bool put)
    {
        var created = await Create(request, chunked, put, 5).Run(_server);

        Assert.NotNull(created["Upload-Receipt"]);
    }

    /// <summary>A field that cannot be parsed is ignored (RFC 9651).</summary>
    [Theory]
    [InlineData("-1")]
    [InlineData("ten")]
    [InlineData("5.0")]
    [InlineData("10, 10")]
    public async Task A_length_that_cannot_be_read_says_nothing(string length) =>
        await PlainUpload.Post(_job, [1, 2, 3, 4, 5]).With("Upload-Length", length).Run(_server);

    [Fact]
    public async Task A_length_beyond_what_the_server_takes_is_refused_before_a_byte_is_taken()
    {
        var post = PlainUpload.Post(_job, [1, 2, 3, 4, 5]).With("Upload-Length", $"{TusServer.MaxSize + 1}");

        await (post with { Chunked = true }).Refused(413, "upload-too-large").Run(_server);
    }

    private HttpTest Create(string request, bool chunked, bool put, int length)
    {
        byte[] file = [1, 2, 3, 4, 5];
        var create = put ? PlainUpload.Put(_job, "photo.jpg", file) : PlainUpload.Post(_job, file);
        return s_requests[request].Append(("Upload-Length", $"{length}"))
            .Aggregate(create with { Chunked = chunked }, (test, header) => test.With(header.Item1, header.Item2));
    }
}
