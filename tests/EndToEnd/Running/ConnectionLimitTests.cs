using System.Net;
using System.Net.Sockets;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>One connection too many is told so; only far too many are dropped.</summary>
public sealed class ConnectionLimitTests : IAsyncLifetime
{
    private const int Max = 3;
    private const int Told = 256;
    private const int Unavailable = 14;
    private const string Origin = "https://dashboard.example";

    private readonly List<RawConnection> _lines = [];
    private IngestServer? _server;

    private IngestServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _server = await IngestServer.Start($"MaxConnections={Max}", $"CorsOrigins={Origin}");
        for (var i = 0; i < Max; i++)
            _lines.Add(await Open());
    }

    public async ValueTask DisposeAsync()
    {
        _lines.ForEach(line => line.Dispose());
        await Server.DisposeAsync();
        Server.MustHaveACleanLog();
    }

    [Fact]
    public async Task One_too_many_is_told_to_come_again()
    {
        using var line = await RawConnection.Open(Server);
        await line.Send("GET", "/readyz");

        var head = await line.ReadHead();

        Assert.StartsWith("HTTP/1.1 503 ", head);
        Assert.Contains("\r\nRetry-After: 5\r\n", head);
        Assert.Contains("\r\nConnection: close\r\n", head);
        await line.ReadHead(); // that is the body
        Assert.Equal("", await line.ReadHead());
    }

    [Fact]
    public async Task Both_ports_count_together_and_say_why()
    {
        var refused =
            await new HttpTest("GET", "/readyz") { Status = 503, Problem = "too-many-connections" }.Run(Server);
        Assert.Equal(Max.ToString(), refused.Member("maxConnections"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskHttp2("/readyz"));
    }

    [Fact]
    public async Task A_page_may_read_why()
    {
        var ask = new HttpTest("GET", "/readyz") { Status = 503, Problem = "too-many-connections" };

        var refused = await ask.With("Origin", Origin).Run(Server);

        Assert.Equal(Origin, refused["Access-Control-Allow-Origin"]);
        Assert.Equal("true", refused["Access-Control-Allow-Credentials"]);
    }

    [Fact]
    public async Task A_call_is_told_in_its_own_words()
    {
        await using var grpc = await GrpcJs.Start(Server);

        var failure = await grpc.Fail("Jobs/ListJobs", new ListJobsRequest());

        Assert.Equal((Unavailable, "too-many-connections"), (failure.Code, failure.IngestError));
    }

    [Fact]
    public async Task Whether_the_process_lives_is_always_answered()
    {
        await new HttpTest("GET", "/healthz") { Status = 200 }.Run(Server);
        Assert.Equal(HttpStatusCode.OK, await AskHttp2("/healthz"));
    }

    /// <summary>tus-js-client would take a 503 for the end of the upload.</summary>
    [Fact]
    public async Task Who_asks_where_to_go_on_finds_the_line_closed()
    {
        using var line = await RawConnection.Open(Server);
        await line.Send("HEAD", Upload.Url("roof-7", Fresh.Media()), ("Tus-Resumable", "1.0.0"));

        Assert.Equal("", await line.ReadHead());
    }

    [Fact]
    public async Task Those_who_were_there_are_served_and_one_who_leaves_makes_room()
    {
        await _lines[0].Send("GET", "/readyz");
        Assert.StartsWith("HTTP/1.1 200 ", await _lines[0].ReadHead());

        _lines[0].Dispose();

        await Eventually.True("there is room", async () =>
            (await Server.Client.GetAsync("/readyz")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Far_too_many_are_dropped()
    {
        for (var i = 0; i < Told; i++)
            _lines.Add(await Open());

        Assert.True(await IsDropped());
    }

    /// <summary>
    /// A connection is cut when the server accepts it, which may be before the
    /// client knows that it has one.
    /// </summary>
    private async Task<bool> IsDropped()
    {
        try
        {
            using var line = await RawConnection.Open(Server);
            return await line.ReadHead() == "";
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    /// <summary>A connection that the server has seen.</summary>
    private async Task<RawConnection> Open()
    {
        var line = await RawConnection.Open(Server);
        await line.Send("GET", "/healthz");
        Assert.StartsWith("HTTP/1.1 200 ", await line.ReadHead());
        Assert.EndsWith("0\r\n\r\n", await line.ReadHead());
        return line;
    }

    private async Task<HttpStatusCode> AskHttp2(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{Server.Grpc}{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await Server.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
