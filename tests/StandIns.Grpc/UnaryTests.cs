using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class UnaryTests
{
    [Fact]
    public async Task A_call_returns_what_the_handler_returns()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.SayAsync(new SayRequest { Text = "hello" });

        Assert.Equal("hello", (await call.ResponseAsync.Bounded()).Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.DoesNotContain(call.GetTrailers(), trailer => trailer.Key.StartsWith("grpc-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_can_block()
    {
        await using var server = await EchoServer.StartAsync();
        var reply = await Task.Run(() => server.Client.Say(new SayRequest { Text = "hello" })).Bounded();
        Assert.Equal("hello", reply.Text);
    }

    [Fact]
    public async Task Empty_messages_travel_both_ways()
    {
        await using var server = await EchoServer.StartAsync();
        Assert.Equal(new SayReply(), await server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded());
    }

    [Fact]
    public async Task Large_messages_travel_both_ways()
    {
        await using var server = await EchoServer.StartAsync();
        var data = new byte[3 * 1024 * 1024];
        new Random(1).NextBytes(data);

        var reply = await server.Client.SayAsync(new SayRequest { Data = UnsafeByteOperations.UnsafeWrap(data) }).ResponseAsync.Bounded();

        Assert.True(reply.Data.Span.SequenceEqual(data));
    }

    [Fact]
    public async Task A_handler_that_returns_nothing_ends_the_call_as_cancelled()
    {
        await using var server = await EchoServer.StartAsync(new Handlers { Say = (_, _) => Task.FromResult<SayReply>(null!) });
        var error = await Assert.ThrowsAsync<RpcException>(() => server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded());
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
    }

    [Fact]
    public async Task The_handler_knows_the_call()
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Say = (_, context) => Task.FromResult(new SayReply { Text = $"{context.Method} {context.Host} {context.Peer} {context.GetHttpContext().Request.Protocol}" }),
        });

        var reply = await server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded();

        Assert.StartsWith($"/standins.test.Echo/Say {server.Http2.Authority} ipv4:127.0.0.1:", reply.Text, StringComparison.Ordinal);
        Assert.EndsWith(" HTTP/2", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_travel_in_TLS()
    {
        using var certificate = Certificates.CreateSelfSigned();
        await using var server = await EchoServer.StartAsync(certificate: certificate);
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, seen, _, _) => certificate.Equals(seen) } };
        using var channel = GrpcChannel.ForAddress(server.Https, new GrpcChannelOptions { HttpHandler = handler });

        Assert.Equal("hello", (await new Echo.EchoClient(channel).SayAsync(new SayRequest { Text = "hello" }).ResponseAsync.Bounded()).Text);
    }
}
