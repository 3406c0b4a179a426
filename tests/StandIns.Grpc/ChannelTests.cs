using Grpc.Core;
using Grpc.Net.Client;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class ChannelTests
{
    [Fact]
    public async Task A_channel_sends_through_the_client_it_is_given()
    {
        await using var server = await EchoServer.StartAsync();
        using var http = new HttpClient();
        using (var channel = GrpcChannel.ForAddress(server.Http2.ToString(), new GrpcChannelOptions { HttpClient = http }))
        {
            using var call = new Echo.EchoClient(channel).Count(new SayRequest());
            Assert.True(await call.ResponseStream.MoveNext().Bounded());
        }

        using var stillUsable = await http.SendAsync(RawHttp.Request(server.Http2, "/", [])).Bounded();
    }

    [Fact]
    public async Task A_channel_disposes_the_client_it_is_given_if_told_to()
    {
        await using var server = await EchoServer.StartAsync();
        var http = new HttpClient();
        GrpcChannel.ForAddress(server.Http2, new GrpcChannelOptions { HttpClient = http, DisposeHttpClient = true }).Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => http.SendAsync(RawHttp.Request(server.Http2, "/", [])).Bounded());
    }

    [Fact]
    public void A_channel_has_one_way_to_send()
    {
        using var http = new HttpClient();
        using var handler = new SocketsHttpHandler();
        var options = new GrpcChannelOptions { HttpClient = http, HttpHandler = handler };
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress("http://localhost:1", options));
    }

    [Fact]
    public void A_disposed_channel_makes_no_calls()
    {
        var channel = GrpcChannel.ForAddress("http://localhost:1");
        Assert.Equal("localhost:1", channel.Target);
        channel.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new Echo.EchoClient(channel).Say(new SayRequest()));
    }
}
