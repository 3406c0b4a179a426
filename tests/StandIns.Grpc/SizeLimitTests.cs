using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class SizeLimitTests
{
    // A text of 98 bytes is a message of 100: two more say which field it is, and how long.
    private const int Limit = 100;
    private static readonly SayRequest Fitting = new() { Text = new string('x', Limit - 2) };
    private static readonly SayRequest TooLarge = new() { Text = new string('x', Limit - 1) };

    [Fact]
    public async Task The_server_refuses_a_request_above_its_limit()
    {
        await using var server = await EchoServer.StartAsync(options: options => options.MaxReceiveMessageSize = Limit);
        Assert.Equal(Fitting.Text, (await server.Client.SayAsync(Fitting).ResponseAsync.Bounded()).Text);
        await AssertExhaustedAsync(server.Client, TooLarge);
        Assert.Equal(Fitting.Text, (await server.Client.SayAsync(Fitting).ResponseAsync.Bounded()).Text);
    }

    [Fact]
    public async Task The_server_does_not_send_a_reply_above_its_limit()
    {
        await using var server = await EchoServer.StartAsync(options: options => options.MaxSendMessageSize = Limit);
        Assert.Equal(Fitting.Text, (await server.Client.SayAsync(Fitting).ResponseAsync.Bounded()).Text);
        await AssertExhaustedAsync(server.Client, TooLarge);
    }

    [Fact]
    public async Task A_stream_ends_with_its_first_message_above_the_limit()
    {
        await using var server = await EchoServer.StartAsync(
            new Handlers
            {
                Count = async (_, replies, _) =>
                {
                    await replies.WriteAsync(new SayReply { Text = Fitting.Text });
                    await replies.WriteAsync(new SayReply { Text = TooLarge.Text });
                },
            },
            options => options.MaxSendMessageSize = Limit);
        using var call = server.Client.Count(new SayRequest());

        Assert.True(await call.ResponseStream.MoveNext().Bounded());
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().Bounded());
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task The_client_refuses_a_reply_above_its_limit()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Http2, new GrpcChannelOptions { MaxReceiveMessageSize = Limit });
        var client = new Echo.EchoClient(channel);
        Assert.Equal(Fitting.Text, (await client.SayAsync(Fitting).ResponseAsync.Bounded()).Text);
        await AssertExhaustedAsync(client, TooLarge);
    }

    [Fact]
    public async Task The_client_does_not_send_a_request_above_its_limit()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Http2, new GrpcChannelOptions { MaxSendMessageSize = Limit });
        await AssertExhaustedAsync(new Echo.EchoClient(channel), TooLarge);
    }

    [Fact]
    public async Task A_request_above_4_MiB_is_refused_unless_the_limit_is_lifted()
    {
        var request = new SayRequest { Data = ByteString.CopyFrom(new byte[4 * 1024 * 1024]) };
        await using var server = await EchoServer.StartAsync(new Handlers { Say = (_, _) => Task.FromResult(new SayReply()) });
        await using var unlimited = await EchoServer.StartAsync(new Handlers { Say = (_, _) => Task.FromResult(new SayReply()) }, options => options.MaxReceiveMessageSize = null);

        await AssertExhaustedAsync(server.Client, request);
        await unlimited.Client.SayAsync(request).ResponseAsync.Bounded();
    }

    private static async Task AssertExhaustedAsync(Echo.EchoClient client, SayRequest request)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => client.SayAsync(request).ResponseAsync.Bounded());
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }
}
