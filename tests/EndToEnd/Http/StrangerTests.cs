using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Http;

/// <summary>Requests that no friend sends.</summary>
[Collection(TusCollection.Name)]
public sealed class StrangerTests(TusServer fixture)
{
    private const string Id = "0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f";
    private readonly IngestServer _server = fixture.Server;

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/nowhere.txt")]
    [InlineData("/.env")]
    [InlineData("/jobs")]
    [InlineData("/jobs/roof-7")]
    [InlineData("/jobs/roof-7/media")]
    [InlineData("/jobs/roof-7/uploads/" + Id + "/more")]
    [InlineData("/jobs/../../../../etc/passwd")]
    [InlineData("/jobs/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/jobs/roof-7/media/..%2f..%2fjournal.db/x")]
    public Task Where_nothing_is_the_answer_says_so(string path) =>
        new HttpTest("GET", path) { Status = 404, Problem = "not-found" }.Run(_server);

    [Theory]
    [InlineData("/jobs/roof-7/activity?after=first", "invalid-argument")]
    [InlineData("/jobs/roof-7/activity?after=-1", "invalid-argument")]
    [InlineData("/jobs/roof-7/activity?after=1", "invalid-argument")]
    [InlineData("/jobs/roof-7/activity?after=1-", "invalid-argument")]
    [InlineData("/jobs/roof-7/activity?after=1-9f3a0c1", "invalid-argument")]
    [InlineData("/jobs/roof-7/activity?after=1-9f3a0c1bb", "invalid-argument")]
    [InlineData("/jobs/roof-7/activity?after=1-9f3a0cxy", "invalid-argument")]
    [InlineData("/jobs/roof-7/activity?after=-9f3a0c1b", "invalid-argument")]
    [InlineData("/jobs/roof-7/activity?after=00000000", "invalid-argument")]
    [InlineData("/jobs/roof-7/activity?after=0-9f3a0c1b", "invalid-argument")]
    [InlineData("/jobs/roof-7/activity?after=9223372036854775808-9f3a0c1b", "invalid-argument")]
    [InlineData("/jobs/.x/activity", "invalid-key")]
    public Task What_is_no_name_of_anything_is_refused(string path, string problem) =>
        new HttpTest("GET", path) { Status = 400, Problem = problem }.Run(_server);

    [Fact]
    public Task An_answer_that_is_neither_yes_nor_no_is_refused() =>
        new HttpTest("GET", "/jobs/roof-7/activity?progress=maybe") { Status = 400 }.Run(_server);

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    public async Task Who_calls_the_server_by_another_name_is_not_answered(string host)
    {
        var refused = await Upload.Create(Fresh.Job(), Fresh.Media(), 3).With("Host", host)
            .Refused(421, "forbidden-host").Run(_server);
        Assert.Equal("1.0.0", refused["Tus-Resumable"]);
        await new HttpTest("GET", "/healthz")
        {
            Headers = { ["Host"] = host },
            Status = 421,
            Problem = "forbidden-host"
        }.Run(_server);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:5080")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:5080")]
    public Task Its_own_names_are_answered(string host) =>
        new HttpTest("GET", "/healthz") { Headers = { ["Host"] = host }, Status = 200 }.Run(_server);

    [Theory]
    [InlineData("/files")]
    [InlineData("/jobs/roof-7/uploads")]
    public Task A_browser_that_visits_is_not_asked_for_a_version(string path) =>
        new HttpTest("GET", path) { Status = 405, Problem = "method-not-allowed" }.Run(_server);

    [Fact]
    public Task A_browser_that_visits_an_upload_is_told_whether_it_is_there() =>
        new HttpTest("GET", "/jobs/roof-7/uploads/" + Id) { Status = 404, Problem = "upload-not-found" }.Run(_server);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1\xe9\r\n\r\n")]
    [InlineData(
        "POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nUpload-Length: 1\r\n"
            + "Upload-Metadata: filename \xe4\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\0b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("GET /%zz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("GET /\xff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n")]
    [InlineData("POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task What_is_hardly_HTTP_gets_a_no_and_harms_nobody(string request)
    {
        using (var connection = await RawConnection.Open(_server))
        {
            await connection.Send(request);
            Assert.Matches("^HTTP/1.1 4[0-9][0-9] ", await connection.ReadHead());
        }

        await new HttpTest("GET", "/healthz") { Status = 200 }.Run(_server);
    }

    /// <summary>
    /// The frameworks call such things errors, with a stack trace each: a stranger
    /// could fill the disk with them.
    /// </summary>
    [Theory]
    [InlineData("application/grpc-web+proto", "\0\0\0\0\x04\xff\xff\xff\xff")]
    [InlineData("application/grpc-web+proto", "\0\xff\xff\xff\xff")]
    [InlineData("application/grpc-web+proto", "\x01\0\0\0\x01\x01")]
    [InlineData("application/grpc-web+proto", "")]
    [InlineData("application/grpc-web-text", "no base64!")]
    [InlineData("application/grpc", "\0\0\0\0\x04\xff\xff\xff\xff")]
    public async Task A_call_that_cannot_be_read_is_not_for_the_log(string type, string body)
    {
        var log = _server.Log;
        foreach (var method in new[] { "Jobs/GetJob", "ActivityFeed/Watch", "Devices/ReportQueue", "No/Such" })
        {
            using var line = await RawConnection.Open(_server);
            await line.Send(
                "POST", $"/ingest.v1.{method}",
                ("Content-Type", type), ("Content-Length", body.Length), ("Connection", "close"));
            await line.Send(body);
            await line.ReadUntil(_ => false);
        }

        Assert.Equal(log, _server.Log);
    }

    [Theory]
    [InlineData("0\r\nX: a\0b\r\n\r\n")]
    [InlineData("5\r\nab")]
    [InlineData("zz\r\n")]
    public async Task A_body_that_breaks_off_is_not_for_the_log(string body)
    {
        var log = _server.Log;
        foreach (var path in new[] { "/files", "/jobs/roof-7/uploads/" + Id, "/ingest.v1.Jobs/GetJob", "/nowhere" })
        {
            using var line = await RawConnection.Open(_server);
            await line.Send("POST", path, ("Transfer-Encoding", "chunked"), ("Content-Type", "application/grpc-web"));
            await line.Send(body);
            line.Finish();
            await line.ReadUntil(_ => false);
        }

        Assert.Equal(log, _server.Log);
    }
}
