using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class CancellationTests
{
    private readonly Gate _running = new();
    private readonly Gate _cancelled = new();

    [Fact]
    public async Task Cancelling_a_call_cancels_its_handler()
    {
        await using var server = await StartAsync();
        using var cancellation = new CancellationTokenSource();
        using var call = server.Client.SayAsync(new SayRequest(), cancellationToken: cancellation.Token);

        await _running.Opened;
        await cancellation.CancelAsync();

        await AssertCancelledAsync(call.ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await _cancelled.Opened;
    }

    [Fact]
    public async Task Disposing_a_stream_cancels_its_handler()
    {
        await using var server = await StartAsync();
        var call = server.Client.Count(new SayRequest());
        Assert.True(await call.ResponseStream.MoveNext().Bounded());
        var reading = call.ResponseStream.MoveNext();

        call.Dispose();

        await AssertCancelledAsync(reading);
        await _cancelled.Opened;
    }

    [Fact]
    public async Task Cancelling_a_read_cancels_its_call()
    {
        await using var server = await StartAsync();
        using var cancellation = new CancellationTokenSource();
        using var call = server.Client.Count(new SayRequest());
        Assert.True(await call.ResponseStream.MoveNext().Bounded());
        var reading = call.ResponseStream.MoveNext(cancellation.Token);

        await cancellation.CancelAsync();

        await AssertCancelledAsync(reading);
        await _cancelled.Opened;
    }

    [Fact]
    public async Task Cancelling_an_enumeration_cancels_its_call()
    {
        await using var server = await StartAsync();
        using var cancellation = new CancellationTokenSource();
        using var call = server.Client.Count(new SayRequest());

        await AssertCancelledAsync(ReadAsync());
        await _cancelled.Opened;

        async Task ReadAsync()
        {
            await foreach (var _ in call.ResponseStream.ReadAllAsync(cancellation.Token)) await cancellation.CancelAsync();
        }
    }

    [Fact]
    public async Task Disposing_a_channel_cancels_its_calls()
    {
        await using var server = await StartAsync();
        var channel = GrpcChannel.ForAddress(server.Http2);
        using var call = new Echo.EchoClient(channel).Count(new SayRequest());
        Assert.True(await call.ResponseStream.MoveNext().Bounded());

        channel.Dispose();

        await _cancelled.Opened;
        await Assert.ThrowsAnyAsync<Exception>(() => call.ResponseStream.MoveNext().Bounded());
    }

    [Fact]
    public async Task A_call_that_is_cancelled_before_it_starts_does_not_start()
    {
        await using var server = await StartAsync();
        await AssertCancelledAsync(server.Client.SayAsync(new SayRequest(), cancellationToken: new CancellationToken(canceled: true)).ResponseAsync);
    }

    [Fact]
    public async Task A_handler_that_cancels_its_own_write_ends_the_call()
    {
        var thrown = new TaskCompletionSource<Exception?>();
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, _) =>
            {
                await replies.WriteAsync(new SayReply());
                using var cancellation = new CancellationTokenSource();
                await cancellation.CancelAsync();
                thrown.SetResult(await Record.ExceptionAsync(() => replies.WriteAsync(new SayReply(), cancellation.Token)));
            },
        });
        using var call = server.Client.Count(new SayRequest());

        await AssertCancelledAsync(ReadAsync());
        Assert.IsAssignableFrom<OperationCanceledException>(await thrown.Task.Bounded());

        async Task ReadAsync()
        {
            while (await call.ResponseStream.MoveNext())
            {
            }
        }
    }

    [Fact]
    public async Task A_write_after_the_client_went_away_fails()
    {
        var errors = new TaskCompletionSource<(Exception? WithToken, Exception? WithoutToken)>();
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, context) =>
            {
                await replies.WriteAsync(new SayReply());
                await context.CancellationToken.Cancelled();
                errors.SetResult((
                    await Record.ExceptionAsync(() => replies.WriteAsync(new SayReply(), context.CancellationToken)),
                    await Record.ExceptionAsync(() => replies.WriteAsync(new SayReply()))));
            },
        });
        using (var call = server.Client.Count(new SayRequest())) Assert.True(await call.ResponseStream.MoveNext().Bounded());

        var (withToken, withoutToken) = await errors.Task.Bounded();

        Assert.IsAssignableFrom<OperationCanceledException>(withToken);
        Assert.IsType<InvalidOperationException>(withoutToken);
        Assert.Empty(server.Log.Errors);
    }

    [Fact]
    public async Task A_write_that_waits_for_room_ends_when_the_client_goes_away()
    {
        var (blocked, ended) = (new Gate(), new Gate());
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, context) =>
            {
                try
                {
                    while (true)
                    {
                        var write = replies.WriteAsync(new SayReply { Data = ByteString.CopyFrom(new byte[1024 * 1024]) }, context.CancellationToken);
                        if (!write.IsCompleted) blocked.Open();
                        await write;
                    }
                }
                finally
                {
                    ended.Open();
                }
            },
        });
        var call = server.Client.Count(new SayRequest());
        await blocked.Opened;

        call.Dispose();

        await ended.Opened;
        Assert.Empty(server.Log.Errors);
    }

    private static async Task AssertCancelledAsync(Task call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call.Bounded());
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
    }

    private Task<EchoServer> StartAsync() => EchoServer.StartAsync(new Handlers
    {
        Say = async (_, context) =>
        {
            await WaitAsync(context);
            return new SayReply();
        },
        Count = async (_, replies, context) =>
        {
            await replies.WriteAsync(new SayReply());
            await WaitAsync(context);
        },
    });

    private async Task WaitAsync(ServerCallContext context)
    {
        _running.Open();
        await context.CancellationToken.Cancelled();
        _cancelled.Open();
    }
}
