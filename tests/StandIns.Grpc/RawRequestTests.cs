using System.Net;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class RawRequestTests : IAsyncLifetime
{
    private const string Path = "/standins.test.Echo/Say";
    private const string Internal = "13";
    private const string Unimplemented = "12";

    private EchoServer _server = null!;

    public async Task InitializeAsync() => _server = await EchoServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    [InlineData("Application/GRPC")]
    public async Task A_call_names_its_content_type(string contentType)
    {
        using var response = await Request(RawHttp.Frame(new SayRequest()), contentType).SendAsync();
        Assert.Equal("0", await response.GrpcStatusAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/grpcx")]
    [InlineData("text/plain")]
    public async Task Another_content_type_is_refused(string? contentType)
    {
        using var response = await Request(RawHttp.Frame(new SayRequest()), contentType).SendAsync();
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal(Internal, response.Header("grpc-status"));
    }

    [Fact]
    public async Task Another_HTTP_method_is_refused()
    {
        var request = Request(RawHttp.Frame(new SayRequest()));
        request.Method = HttpMethod.Put;
        using var response = await request.SendAsync();
        Assert.True(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Another_HTTP_version_is_refused()
    {
        var request = RawHttp.Request(_server.Http1, Path, RawHttp.Frame(new SayRequest()));
        request.Version = HttpVersion.Version11;
        using var response = await request.SendAsync();
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal(Internal, response.Header("grpc-status"));
    }

    public static TheoryData<string, byte[]> MalformedBodies => new()
    {
        { "nothing", [] },
        { "half a prefix", [0, 0, 0] },
        { "half a message", [0, 0, 0, 0, 10, 1, 2, 3] },
        { "two messages", [.. RawHttp.Frame(new SayRequest()), .. RawHttp.Frame(new SayRequest())] },
        { "a message and a byte", [.. RawHttp.Frame(new SayRequest()), 0] },
        { "compressed, without saying how", RawHttp.Frame(new SayRequest(), flag: 1) },
    };

    [Theory]
    [MemberData(nameof(MalformedBodies))]
    public async Task A_body_that_is_not_one_message_is_an_internal_error(string body, byte[] bytes)
    {
        using var response = await Request(bytes).SendAsync();
        Assert.Equal((body, Internal), (body, await response.GrpcStatusAsync()));
    }

    public static TheoryData<string, byte[]> WrongMessages => new()
    {
        { "a flag that does not exist", RawHttp.Frame(new SayRequest(), flag: 2) },
        { "a length that nobody sends", [0, 255, 255, 255, 255] },
        { "not protobuf", RawHttp.Frame([255, 255, 255]) },
    };

    [Theory]
    [MemberData(nameof(WrongMessages))]
    public async Task A_message_that_can_not_be_read_fails(string body, byte[] bytes)
    {
        using var response = await Request(bytes).SendAsync();
        Assert.NotEqual((body, "0"), (body, await response.GrpcStatusAsync()));
    }

    [Fact]
    public async Task An_unknown_compression_is_refused_with_the_known_ones()
    {
        var request = Request(RawHttp.Frame(new SayRequest(), flag: 1));
        request.Headers.Add("grpc-encoding", "snappy");
        using var response = await request.SendAsync();
        Assert.Equal(Unimplemented, await response.GrpcStatusAsync());
        Assert.Contains("identity", response.Header("grpc-accept-encoding")!.Split(','));
    }

    [Theory]
    [InlineData("/standins.test.Echo/Shout")]
    [InlineData("/standins.test.Nobody/Say")]
    public async Task An_unknown_method_is_unimplemented(string path)
    {
        using var response = await RawHttp.Request(_server.Http2, path, RawHttp.Frame(new SayRequest())).SendAsync();
        Assert.Equal((HttpStatusCode.OK, Unimplemented), (response.StatusCode, response.Header("grpc-status")));
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task An_unknown_path_that_is_not_gRPC_is_not_found()
    {
        using var response = await RawHttp.Request(_server.Http2, "/some/page", [], "text/plain").SendAsync();
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_message_may_arrive_byte_by_byte()
    {
        var request = Request([]);
        request.Content = new DribbleContent(RawHttp.Frame(new SayRequest { Text = "slowly" }), "application/grpc");
        using var response = await request.SendAsync();
        var frame = Assert.Single(RawHttp.Frames(await response.BodyAsync()));
        Assert.Equal("slowly", SayReply.Parser.ParseFrom(frame.Payload).Text);
    }

    private HttpRequestMessage Request(byte[] body, string? contentType = "application/grpc") => RawHttp.Request(_server.Http2, Path, body, contentType);
}
