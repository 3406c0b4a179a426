using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Limits;

/// <summary>A server that takes two requests a second from an address.</summary>
public sealed class RateServer() : ServerFixture($"MaxRequestsPerSecond={PerSecond}", $"CorsOrigins={Origin}")
{
    public const int PerSecond = 2;
    public const string Origin = "https://dashboard.example";
}

/// <summary>
/// An address that asks too fast is refused in the words of its own protocol, and succeeds later.
/// </summary>
public sealed class RequestRateTests(RateServer fixture) : IClassFixture<RateServer>
{
    private const int ResourceExhausted = 8;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task One_request_too_many_is_told_when_to_come_again()
    {
        var refused = await Refused(Upload.Create(_job, _media, 10).With("Origin", RateServer.Origin));

        Assert.Equal("urn:orleansingest:problem:too-many-requests", refused.ProblemType);
        Assert.Equal(RateServer.PerSecond.ToString(), refused.Member("maxRequestsPerSecond"));
        Assert.True(int.Parse(refused["Retry-After"]!) > 0);
        Assert.Equal("1.0.0", refused["Tus-Resumable"]);
        Assert.Equal(RateServer.Origin, refused["Access-Control-Allow-Origin"]);
        await Eventually.True("it is taken", async () => await Status(Upload.Create(_job, Fresh.Media(), 10)) == 201);
    }

    /// <summary>What is counted is what was taken until now: a slow machine takes less.</summary>
    [Fact]
    public async Task No_more_than_that_are_taken()
    {
        const int PerSecond = 5, Taken = 3 * PerSecond;
        await using var server = await IngestServer.Start($"MaxRequestsPerSecond={PerSecond}");
        var since = Stopwatch.StartNew();

        for (var taken = 0; taken < Taken;)
        {
            using var answer = await Upload.Create(_job, Fresh.Media(), 10).Send(server);
            taken += (int)answer.StatusCode == 201 ? 1 : 0;
        }

        Assert.InRange(Taken, 1, PerSecond + (PerSecond * since.Elapsed.TotalSeconds) + 1);
    }

    /// <summary>tus-js-client would take 429 for the end of the upload.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_asks_where_to_go_on_is_told_that_the_upload_is_busy(bool byOverride)
    {
        await Eventually.True("it is created", async () => await Status(Upload.Create(_job, _media, 10)) == 201);

        var head = Upload.Head(_job, _media, 0, 10);
        if (byOverride)
            head = head.With("X-HTTP-Method-Override", "HEAD") with { Method = "POST" };
        var seen = new HashSet<int>();
        await Eventually.True("both answers came", async () => seen.Add(await Status(head)) && seen.Count == 2);

        Assert.Equal([200, 423], seen.Order());
    }

    [Fact]
    public async Task A_call_too_many_exhausts_a_resource()
    {
        GrpcFailure? failure = null;
        await Eventually.True("a call is refused", async () =>
            (failure = await fixture.Grpc.TryCall("Jobs/ListJobs", new ListJobsRequest())) is not null);

        Assert.Equal((ResourceExhausted, "too-many-requests"), (failure!.Code, failure.IngestError));
        Assert.Equal("Too many requests come from this address; send fewer at a time.", failure.Details);
    }

    [Theory]
    [InlineData("application/grpc-web+proto", "application/grpc-web")]
    [InlineData("application/grpc-web-text", "application/grpc-web-text")]
    public async Task A_call_too_many_of_a_browser_is_told_in_the_headers(string type, string answered)
    {
        HttpResponseMessage? answer = null;
        await Eventually.True("a call is refused", async () =>
            (answer = await Call(type)).Headers.Contains("grpc-status"));

        Assert.Equal(["8"], answer!.Headers.GetValues("grpc-status"));
        Assert.Equal(["too-many-requests"], answer.Headers.GetValues("ingest-error"));
        Assert.Equal(answered, answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task How_the_server_is_may_be_asked_as_often_as_one_likes()
    {
        await Refused(Upload.Create(_job, _media, 10));

        for (var i = 0; i < 10 * RateServer.PerSecond; i++)
        {
            await new HttpTest("GET", "/healthz") { Status = 200 }.Run(_server);
            await new HttpTest("GET", "/readyz") { Status = 200 }.Run(_server);
        }
    }

    [Fact]
    public async Task A_tus_client_comes_again_and_gets_through()
    {
        var photo = TestMedia.Photo(3);
        using var file = new DeviceQueueFile(photo, chunkSize: 16_000);

        var (result, answers) = await file.Upload(_server, _job);

        Assert.Null(result.Error);
        Assert.Contains(answers, answer => answer.Status == 429);
        Assert.Single(answers, answer => answer is ("POST", 201));
        await Eventually.True("it is all there", async () =>
            await Upload.Offset(_server, _job, file.Media) == photo.Length);
    }

    /// <summary>curl waits as long as <c>Retry-After</c> says.</summary>
    [Fact]
    public async Task Curl_comes_again_and_gets_through()
    {
        await Refused(Upload.Create(_job, _media, 10));

        var (code, said) = await _server.Shell(
            "curl -sS --fail --retry 20 -X POST -H 'Tus-Resumable: 1.0.0' -H 'Upload-Length: 10' "
                + $"-i {_server.Http}jobs/{_job}/uploads");

        Assert.True(code == 0, said);
        Assert.Contains("HTTP/1.1 201", said);
    }

    /// <summary>Repeats a request until it is one too many.</summary>
    private async Task<HttpAnswer> Refused(HttpTest test)
    {
        HttpAnswer? answer = null;
        await Eventually.True("a request is refused", async () => (answer = await Answer(test)).Status == 429);
        return answer!;
    }

    private async Task<int> Status(HttpTest test) => (await Answer(test)).Status;

    private async Task<HttpAnswer> Answer(HttpTest test)
    {
        using var response = await test.Send(_server);
        return new HttpAnswer(response, await response.Content.ReadAsByteArrayAsync());
    }

    private Task<HttpResponseMessage> Call(string type)
    {
        byte[] empty = [0, 0, 0, 0, 0];
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Http, "/ingest.v1.Jobs/ListJobs"))
        {
            Content = new ByteArrayContent(
                type.EndsWith("text", StringComparison.Ordinal)
                    ? Encoding.ASCII.GetBytes(Convert.ToBase64String(empty))
                    : empty),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return _server.Client.SendAsync(request);
    }
}
