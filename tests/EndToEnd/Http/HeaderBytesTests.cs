using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Http;

/// <summary>
/// Headers whose bytes are not all ASCII (RFC 9110, section 5.5): people
/// choose the file names in them.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class HeaderBytesTests(TusServer fixture) : IDisposable
{
    /// <summary>Sends each character as a byte.</summary>
    private readonly HttpClient _client = new(
        new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1 });

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    public static MatrixTheoryData<int, string, string> Foreign => new(
        [1, 2],
        [
            "Cookie", "User-Agent", "Referer", "Authorization", "X-Remote-User", "X-Forwarded-For", "If-None-Match",
            "Traceparent", "Baggage", "Origin",
        ],
        ["name=Jos\xe9", "J\xfcrg \x80\xff", "Jos\xc3\xa9"]);

    public static MatrixTheoryData<int, string> Own => new(
        [1, 2],
        [
            "Upload-Length: \xb9", "Upload-Metadata: filename \xe4", "Upload-Concat: final;/\xe9",
            "Upload-Checksum: sha1 \xe9", "Content-Digest: sha-256=:\xe9:", "Repr-Digest: \xe9",
            "Tus-Resumable: 1.0.0\xa0", "X-HTTP-Method-Override: \u00ffatch", "Content-Type: \xe9",
        ]);

    public void Dispose() => _client.Dispose();

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task Those_that_mean_nothing_here_are_let_through(int version, string name, string value)
    {
        using var answer = await Send(version, Request("HEAD", Upload.Url(_job, Fresh.Media()), (name, value)));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData(1, "inline; filename=\"D\u00c3\u00a4cher \u00e2\u0082\u00ac.jpg\"", "Dächer €.jpg")]
    [InlineData(2, "inline; filename=\"D\u00c3\u00a4cher \u00e2\u0082\u00ac.jpg\"", "Dächer €.jpg")]
    [InlineData(1, "inline; filename=\"D\xe4" + "cher \x80.jpg\"", "Dächer €.jpg")]
    [InlineData(2, "inline; filename=\"D\xe4" + "cher \x80.jpg\"", "Dächer €.jpg")]
    [InlineData(1, "attachment; filename=D\xc3\xa4" + "cher.jpg", "Dächer.jpg")]
    [InlineData(1, "attachment; filename=D\xe4" + "cher 7.jpg; size=3", "Dächer 7.jpg")]
    [InlineData(1, "attachment; filename=\"\xe5\xb1\x8b\xe6\xa0\xb9 \xf0\x9f\x93\xb7.jpg\"", "屋根 📷.jpg")]
    [InlineData(1, "attachment; filename=\"D\xe4.jpg\"; filename*=UTF-8''%E5%B1%8B.jpg", "屋.jpg")]
    public async Task A_name_is_read_as_it_is_meant(int version, string disposition, string name)
    {
        using var stored = await Send(version, Request("POST", Upload.Url(_job), ("Content-Disposition", disposition)));

        Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
        Assert.Equal(name, (await FeedWatcher.First(_server, _job)).UploadStarted.Filename);
        var media = Guid.Parse(stored.Headers.Location!.ToString().Split('/')[^1]);
        var download = await Upload.Download(_job, media).Run(_server);
        Assert.All(download["Content-Disposition"]!, character => Assert.InRange(character, ' ', '~'));
        Assert.Equal(name, ContentDispositionHeaderValue.Parse(download["Content-Disposition"]!).FileNameStar);
    }

    [Fact]
    public async Task A_claimed_type_is_read_as_it_is_meant()
    {
        const string Type = "image/jpeg; name=\"D\u00c3\u00a4cher.jpg\"";

        using var stored = await Send(1, Request("POST", Upload.Url(_job), ("Content-Type", Type)));

        var started = (await FeedWatcher.First(_server, _job)).UploadStarted;
        Assert.Equal("image/jpeg; name=\"Dächer.jpg\"", started.DeclaredType);
    }

    [Theory]
    [InlineData("inline; filename=\"a\x01.jpg\"")]
    [InlineData("inline; filename=\"a\x81.jpg\"")]
    public async Task A_name_with_control_characters_is_refused(string disposition)
    {
        using var refused = await Send(1, Request("POST", Upload.Url(_job), ("Content-Disposition", disposition)));

        await MustSay("invalid-argument", 400, refused);
    }

    [Theory]
    [MemberData(nameof(Own))]
    public async Task Those_of_the_protocols_stay_strict(int version, string header)
    {
        var (name, value) = (header.Split(": ")[0], header.Split(": ")[1]);
        var create = Request(
            "POST", Upload.Url(_job),
            ("Tus-Resumable", "1.0.0"), ("Upload-Length", "3"), ("Content-Type", Upload.OffsetType));
        Set(create, name, value);

        using var refused = await Send(version, create);

        var answer = new HttpAnswer(refused, await refused.Content.ReadAsByteArrayAsync());
        Assert.Equal(4, answer.Status / 100);
        answer.MustBeCivil("POST");
        Assert.All(answer.Text, character => Assert.InRange(character, '\n', '~'));
    }

    [Theory]
    [InlineData("X-\xe9")]
    [InlineData("X-\xc3\xa9")]
    [InlineData("X-\x01")]
    [InlineData("tus-resumable; drop")]
    public async Task What_a_preflight_asks_for_is_not_repeated_unless_it_is_names(string headers)
    {
        var preflight = Request(
            "OPTIONS", "/files", ("Origin", TusServer.Origin), ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", headers));

        using var refused = await Send(1, preflight);

        await MustSay("invalid-argument", 400, refused);
    }

    private static HttpRequestMessage Request(
        string method, string path, params IEnumerable<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = new ByteArrayContent([1, 2, 3]);
        foreach (var (name, value) in headers)
            Set(request, name, value);
        return request;
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        var isOfContent = name.StartsWith("Content-", StringComparison.Ordinal);
        HttpHeaders headers = isOfContent ? request.Content!.Headers : request.Headers;
        headers.Remove(name);
        Assert.True(headers.TryAddWithoutValidation(name, value));
    }

    private Task<HttpResponseMessage> Send(int version, HttpRequestMessage request)
    {
        var server = version == 1 ? _server.Http : new Uri($"http://{_server.Grpc}");
        request.RequestUri = new Uri(server, request.RequestUri!);
        request.Version = new Version(version, version == 1 ? 1 : 0);
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return _client.SendAsync(request);
    }

    private static async Task MustSay(string problem, int status, HttpResponseMessage response)
    {
        var answer = new HttpAnswer(response, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal((status, Problems.Type(problem)), (answer.Status, answer.ProblemType));
    }
}
