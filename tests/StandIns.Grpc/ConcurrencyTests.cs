using Google.Protobuf;
using Grpc.Core;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class ConcurrencyTests
{
    private const int Streams = 100;

    [Fact]
    public async Task A_stream_that_nobody_reads_does_not_hold_up_a_hundred_others()
    {
        var arrived = 0;
        var all = new Gate();
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (request, replies, _) =>
            {
                // All streams are open at the same time before any of them goes on.
                if (Interlocked.Increment(ref arrived) == Streams + 1) all.Open();
                await all.Opened;
                var data = request.Text == "unread" ? ByteString.CopyFrom(new byte[1024 * 1024]) : ByteString.Empty;
                for (var number = 1; number <= 50; number++) await replies.WriteAsync(new SayReply { Number = number, Data = data });
            },
        });
        using var unread = server.Client.Count(new SayRequest { Text = "unread" });

        var counts = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => CountAsync(server.Client))).Bounded();

        Assert.All(counts, count => Assert.Equal(50, count));
        Assert.True(await unread.ResponseStream.MoveNext().Bounded());
    }

    [Fact]
    public async Task Many_calls_at_once_each_get_their_own_reply()
    {
        await using var server = await EchoServer.StartAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => server.Client.SayAsync(new SayRequest { Text = $"{number}" }).ResponseAsync)).Bounded();
        Assert.Equal(Enumerable.Range(0, 1000).Select(number => $"{number}"), replies.Select(reply => reply.Text));
    }

    private static async Task<int> CountAsync(Echo.EchoClient client)
    {
        using var call = client.Count(new SayRequest());
        var last = 0;
        await foreach (var reply in call.ResponseStream.ReadAllAsync()) last = reply.Number;
        return last;
    }
}
