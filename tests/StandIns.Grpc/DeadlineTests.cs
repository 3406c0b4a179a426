using Grpc.Core;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class DeadlineTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Without_a_deadline_the_handler_sees_none()
    {
        var deadline = await DeadlineAtServerAsync(null);
        Assert.Equal(DateTime.MaxValue, deadline);
    }

    [Fact]
    public async Task The_handler_sees_the_deadline()
    {
        var deadline = await DeadlineAtServerAsync(DateTime.UtcNow.AddHours(3));
        Assert.InRange(deadline, DateTime.UtcNow.AddHours(2), DateTime.UtcNow.AddHours(4));
        Assert.Equal(DateTimeKind.Utc, deadline.Kind);
    }

    [Fact]
    public async Task A_call_ends_when_its_deadline_passes()
    {
        await using var server = await EchoServer.StartAsync(new Handlers { Say = WaitUntilCancelledAsync });
        using var call = server.Client.SayAsync(new SayRequest(), deadline: DateTime.UtcNow + Short);

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Bounded());

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_stream_ends_when_its_deadline_passes()
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, context) =>
            {
                await replies.WriteAsync(new SayReply());
                await context.CancellationToken.Cancelled();
            },
        });
        await server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded();
        using var call = server.Client.Count(new SayRequest(), deadline: DateTime.UtcNow + Short);

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext().Bounded())
            {
            }
        });

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task The_server_ends_a_call_in_time_even_if_its_handler_does_not()
    {
        var (answered, cancelled) = (new Gate(), new Gate());
        var running = false;
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Say = async (_, context) =>
            {
                Volatile.Write(ref running, true);
                await answered.Opened;
                await context.CancellationToken.Cancelled();
                cancelled.Open();
                return new SayReply();
            },
        });

        Assert.Equal("4", await CallWithTimeoutAsync(server, "50m"));

        // On a busy machine the time can be up before the handler has begun.
        answered.Open();
        if (Volatile.Read(ref running)) await cancelled.Opened;
    }

    [Theory]
    [InlineData("2H", 2 * 3600)]
    [InlineData("50M", 50 * 60)]
    [InlineData("4000S", 4000)]
    [InlineData("4000000m", 4000)]
    [InlineData("99999999u", 99.999999)]
    public async Task Each_unit_of_a_timeout_is_understood(string timeout, double seconds)
    {
        var deadline = DateTime.MinValue;
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Say = (_, context) =>
            {
                deadline = context.Deadline;
                return Task.FromResult(new SayReply());
            },
        });

        Assert.Equal("0", await CallWithTimeoutAsync(server, timeout));
        Assert.InRange((deadline - DateTime.UtcNow).TotalSeconds, seconds / 2, seconds);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("-5S")]
    [InlineData("5s")]
    public async Task A_timeout_that_is_not_valid_is_ignored(string timeout)
    {
        await using var server = await EchoServer.StartAsync();
        Assert.Equal("0", await CallWithTimeoutAsync(server, timeout));
    }

    [Fact]
    public async Task A_deadline_in_the_past_fails_at_once()
    {
        await using var server = await EchoServer.StartAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => server.Client.SayAsync(new SayRequest(), deadline: DateTime.UtcNow.AddSeconds(-1)).ResponseAsync.Bounded());
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task A_deadline_in_local_time_is_refused()
    {
        await using var server = await EchoServer.StartAsync();
        var local = DateTime.SpecifyKind(DateTime.UtcNow.AddHours(1), DateTimeKind.Local);
        Assert.Throws<InvalidOperationException>(() => { server.Client.SayAsync(new SayRequest(), deadline: local).Dispose(); });
    }

    private static async Task<string?> CallWithTimeoutAsync(EchoServer server, string timeout)
    {
        var request = RawHttp.Request(server.Http2, "/standins.test.Echo/Say", RawHttp.Frame(new SayRequest()));
        request.Headers.TryAddWithoutValidation("grpc-timeout", timeout);
        using var response = await request.SendAsync();
        return await response.GrpcStatusAsync();
    }

    private static async Task<DateTime> DeadlineAtServerAsync(DateTime? deadline)
    {
        var seen = new TaskCompletionSource<DateTime>();
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Say = (_, context) =>
            {
                seen.SetResult(context.Deadline);
                return Task.FromResult(new SayReply());
            },
        });
        await server.Client.SayAsync(new SayRequest(), deadline: deadline).ResponseAsync.Bounded();
        return await seen.Task;
    }

    private static async Task<SayReply> WaitUntilCancelledAsync(SayRequest request, ServerCallContext context)
    {
        await context.CancellationToken.Cancelled();
        throw new OperationCanceledException();
    }
}
