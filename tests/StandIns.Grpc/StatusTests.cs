using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class StatusTests
{
    private const string Path = "/standins.test.Echo/Say";

    public static TheoryData<StatusCode> Failures => [.. Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK)];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Every_status_reaches_the_client(StatusCode code)
    {
        var error = await FailAsync(new RpcException(new Status(code, $"because {code}")));
        Assert.Equal((code, $"because {code}"), (error.StatusCode, error.Status.Detail));
    }

    [Theory]
    [InlineData("größer als 100 %")]
    [InlineData("line\r\nbreak\tand\u0001control")]
    [InlineData("写真 📷 ok")]
    [InlineData("")]
    [InlineData("%41 is not A")]
    public async Task Any_text_reaches_the_client(string detail)
    {
        var error = await FailAsync(new RpcException(new Status(StatusCode.InvalidArgument, detail)));
        Assert.Equal(detail, error.Status.Detail);
    }

    [Fact]
    public async Task Trailers_reach_the_client_with_the_status()
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Say = (_, context) =>
            {
                context.ResponseTrailers.Add("from-context", "1");
                throw new RpcException(new Status(StatusCode.NotFound, ""), new Metadata { { "from-exception", "2" }, { "raw-bin", [0, 1, 255] } });
            },
        });
        using var call = server.Client.SayAsync(new SayRequest());

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Bounded());

        Assert.Equal("1", error.Trailers.GetValue("from-context"));
        Assert.Equal("2", error.Trailers.GetValue("from-exception"));
        Assert.Equal([0, 1, 255], error.Trailers.GetValueBytes("raw-bin"));
        Assert.Equal("2", call.GetTrailers().GetValue("from-exception"));
    }

    [Fact]
    public async Task Metadata_of_the_request_reaches_the_handler()
    {
        var seen = new TaskCompletionSource<Metadata>();
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Say = (_, context) =>
            {
                seen.SetResult(context.RequestHeaders);
                return Task.FromResult(new SayReply());
            },
        });
        var headers = new Metadata { { "Authorization", "Bearer x" }, { "raw-bin", [1, 2, 3, 4] } };

        await server.Client.SayAsync(new SayRequest(), headers).ResponseAsync.Bounded();
        var metadata = await seen.Task;

        Assert.Equal("Bearer x", metadata.GetValue("authorization"));
        Assert.Equal([1, 2, 3, 4], metadata.GetValueBytes("raw-bin"));
        Assert.DoesNotContain(metadata, entry => entry.Key is "te" or "content-type" or "grpc-timeout" or ":path");
    }

    [Fact]
    public async Task A_handler_can_set_the_status_without_throwing()
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Say = (_, context) =>
            {
                context.Status = new Status(StatusCode.FailedPrecondition, "not yet");
                return Task.FromResult(new SayReply());
            },
        });
        var error = await Assert.ThrowsAsync<RpcException>(() => server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded());
        Assert.Equal((StatusCode.FailedPrecondition, "not yet"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task An_unexpected_exception_is_not_shown_and_logged_once()
    {
        await using var server = await EchoServer.StartAsync(Throwing(new NotSupportedException("secret")));

        var error = await Assert.ThrowsAsync<RpcException>(() => server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded());

        Assert.Equal((StatusCode.Unknown, "Exception was thrown by handler."), (error.StatusCode, error.Status.Detail));
        Assert.Equal("secret", Assert.Single(server.Log.Errors)?.Message);
    }

    [Fact]
    public async Task An_unexpected_exception_is_shown_with_detailed_errors()
    {
        await using var server = await EchoServer.StartAsync(
            Throwing(new NotSupportedException("outer", new FormatException("inner"))), options => options.EnableDetailedErrors = true);

        var error = await Assert.ThrowsAsync<RpcException>(() => server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded());

        Assert.Equal("Exception was thrown by handler. NotSupportedException: outer FormatException: inner", error.Status.Detail);
    }

    [Fact]
    public async Task A_status_before_the_first_message_is_in_the_headers()
    {
        await using var server = await EchoServer.StartAsync(Throwing(new RpcException(new Status(StatusCode.NotFound, "no ü"))));

        using var response = await RawHttp.Request(server.Http2, Path, RawHttp.Frame(new SayRequest())).SendAsync();

        Assert.Equal(("5", "no %C3%BC"), (response.Header("grpc-status"), response.Header("grpc-message")));
        Assert.Empty(await response.BodyAsync());
    }

    [Fact]
    public async Task A_status_after_the_first_message_is_in_the_trailers()
    {
        await using var server = await EchoServer.StartAsync();

        using var response = await RawHttp.Request(server.Http2, Path, RawHttp.Frame(new SayRequest { Text = "x" })).SendAsync();
        var frame = Assert.Single(RawHttp.Frames(await response.BodyAsync()));

        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("x", SayReply.Parser.ParseFrom(frame.Payload).Text);
        Assert.Null(response.Header("grpc-status"));
        Assert.Equal(("0", (string?)null), (response.Trailer("grpc-status"), response.Trailer("grpc-message")));
    }

    [Fact]
    public async Task A_trailer_that_HTTP_does_not_allow_fails_the_call()
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Say = (_, context) =>
            {
                context.ResponseTrailers.Add("bad", "a\r\ngrpc-status: 0");
                return Task.FromResult(new SayReply());
            },
        });
        await Assert.ThrowsAsync<RpcException>(() => server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        // Bound, so that nobody else gets the port, and not listening.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var channel = GrpcChannel.ForAddress($"http://{socket.LocalEndPoint}");
        var error = await Assert.ThrowsAsync<RpcException>(() => new Echo.EchoClient(channel).SayAsync(new SayRequest()).ResponseAsync.Bounded());
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    private static Handlers Throwing(Exception error) => new() { Say = (_, _) => Task.FromException<SayReply>(error) };

    private static async Task<RpcException> FailAsync(RpcException failure)
    {
        await using var server = await EchoServer.StartAsync(Throwing(failure));
        return await Assert.ThrowsAsync<RpcException>(() => server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded());
    }
}
