using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Plain;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Http;

/// <summary>
/// What is stored is the file: a body that is compressed is refused, by
/// every request that brings one.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class EncodedBodyTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity, br")]
    [InlineData("x-of-ours")]
    public async Task It_is_refused_and_changes_nothing(string coding)
    {
        foreach (var request in await Requests())
        {
            var encoded = request.With("Content-Encoding", coding);
            var refused = await encoded.Refused(415, "wrong-content-type").Run(_server);
            Assert.Equal("identity", refused["Accept-Encoding"]);
        }
        foreach (var request in await Requests())
            await request.Run(_server);
    }

    [Fact]
    public async Task One_that_says_that_it_is_not_is_taken()
    {
        foreach (var request in await Requests())
            await request.With("Content-Encoding", "identity").Run(_server);
    }

    /// <summary>One of each kind. The uploads that they go on with are where they go on.</summary>
    private async Task<List<HttpTest>> Requests()
    {
        var (tus, put) = (Fresh.Media(), Fresh.Media());
        await Upload.CreateWith(_job, _media, [1, 2, 3], 6).Run(_server);
        var url = (await Form.Final.Create(_job, [1, 2, 3], isLast: false).Run(_server))["Location"]!;
        return
        [
            Upload.CreateWith(_job, tus, [1, 2, 3], 3),
            Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 6),
            Upload.Patch(_job, _media, 3, [4, 5, 6]),
            Form.Final.Create(_job, [1, 2, 3], isLast: true),
            Form.Final.Create(_job, [1, 2, 3], isLast: false),
            Form.Final.Append(url, 3, [4], isLast: false),
            PlainUpload.Post(_job, [1, 2, 3]),
            PlainUpload.Put(_job, put.ToString(), [1, 2, 3]),
        ];
    }
}
