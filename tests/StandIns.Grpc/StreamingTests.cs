using Google.Protobuf;
using Grpc.Core;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class StreamingTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task Messages_arrive_in_order_and_then_the_stream_ends()
    {
        await using var server = await EchoServer.StartAsync();
        using var call = server.Client.Count(new SayRequest { Text = "n" });

        Assert.Equal([1, 2, 3], (await ReadAllAsync(call)).Select(reply => reply.Number));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.False(await call.ResponseStream.MoveNext().Bounded());
    }

    [Fact]
    public async Task A_stream_may_be_empty_and_have_trailers()
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = (_, _, context) =>
            {
                context.ResponseTrailers.Add("last-seq", "0");
                return Task.CompletedTask;
            },
        });
        using var call = server.Client.Count(new SayRequest());

        Assert.Empty(await ReadAllAsync(call));
        Assert.Equal("0", call.GetTrailers().GetValue("last-seq"));
    }

    [Fact]
    public async Task Each_message_is_sent_at_once()
    {
        var received = new Gate();
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, _) =>
            {
                await replies.WriteAsync(new SayReply { Number = 1 });
                await received.Opened;
                await replies.WriteAsync(new SayReply { Number = 2 });
            },
        });
        using var call = server.Client.Count(new SayRequest());

        Assert.True(await call.ResponseStream.MoveNext().Bounded());
        received.Open();
        Assert.True(await call.ResponseStream.MoveNext().Bounded());
        Assert.Equal(2, call.ResponseStream.Current.Number);
    }

    [Fact]
    public async Task Response_headers_can_be_sent_before_the_first_message_and_only_once()
    {
        var received = new Gate();
        var second = new TaskCompletionSource<Exception?>();
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, context) =>
            {
                await context.WriteResponseHeadersAsync(new Metadata { { "from", "server" }, { "raw-bin", [1, 2, 255] } });
                second.SetResult(await Record.ExceptionAsync(() => context.WriteResponseHeadersAsync([])));
                await received.Opened;
                await replies.WriteAsync(new SayReply());
            },
        });
        using var call = server.Client.Count(new SayRequest());

        var headers = await call.ResponseHeadersAsync.Bounded();
        received.Open();

        Assert.Equal("server", headers.GetValue("from"));
        Assert.Equal([1, 2, 255], headers.GetValueBytes("raw-bin"));
        Assert.IsType<InvalidOperationException>(await second.Task.Bounded());
        Assert.Single(await ReadAllAsync(call));
    }

    [Fact]
    public async Task A_stream_that_fails_gives_its_messages_first()
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, _) =>
            {
                await replies.WriteAsync(new SayReply { Number = 1 });
                throw new RpcException(new Status(StatusCode.OutOfRange, "feed-reset"), new Metadata { { "head", "17" } });
            },
        });
        using var call = server.Client.Count(new SayRequest());

        Assert.True(await call.ResponseStream.MoveNext().Bounded());
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().Bounded());

        Assert.Equal((StatusCode.OutOfRange, "feed-reset"), (error.StatusCode, error.Status.Detail));
        Assert.Equal("17", error.Trailers.GetValue("head"));
        Assert.Equal("17", call.GetTrailers().GetValue("head"));
    }

    [Fact]
    public async Task A_reader_that_stands_still_holds_up_the_writer_and_loses_nothing()
    {
        var blocked = new Gate();
        var refused = new TaskCompletionSource<Exception?>();
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, _) =>
            {
                for (var number = 1; number <= 32; number++)
                {
                    var write = replies.WriteAsync(new SayReply { Number = number, Data = ByteString.CopyFrom(new byte[Megabyte]) });
                    if (!write.IsCompleted && refused.TrySetResult(await Record.ExceptionAsync(() => replies.WriteAsync(new SayReply())))) blocked.Open();
                    await write;
                }
            },
        });
        using var call = server.Client.Count(new SayRequest());

        await blocked.Opened;
        var replies = await ReadAllAsync(call);

        Assert.Equal(Enumerable.Range(1, 32), replies.Select(reply => reply.Number));
        Assert.All(replies, reply => Assert.Equal(Megabyte, reply.Data.Length));
        Assert.IsType<InvalidOperationException>(await refused.Task);
    }

    [Fact]
    public async Task Two_reads_at_once_are_refused()
    {
        var asked = new Gate();
        await using var server = await EchoServer.StartAsync(new Handlers { Count = (_, _, _) => asked.Opened });
        using var call = server.Client.Count(new SayRequest());

        var first = call.ResponseStream.MoveNext();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.ResponseStream.MoveNext().Bounded());
        asked.Open();

        Assert.False(await first.Bounded());
    }

    [Fact]
    public async Task A_write_after_the_call_is_refused()
    {
        IServerStreamWriter<SayReply>? writer = null;
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, _) =>
            {
                writer = replies;
                await replies.WriteAsync(new SayReply());
            },
        });
        using var call = server.Client.Count(new SayRequest());
        await ReadAllAsync(call);
        await Assert.ThrowsAnyAsync<Exception>(() => writer!.WriteAsync(new SayReply()).Bounded());
    }

    private static async Task<List<SayReply>> ReadAllAsync(AsyncServerStreamingCall<SayReply> call)
    {
        async Task<List<SayReply>> Read()
        {
            var replies = new List<SayReply>();
            await foreach (var reply in call.ResponseStream.ReadAllAsync()) replies.Add(reply);
            return replies;
        }

        return await Read().Bounded();
    }
}
