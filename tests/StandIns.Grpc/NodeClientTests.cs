using System.Text.Json;
using Grpc.Core;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class NodeClientTests
{
    private readonly Gate _cancelled = new();

    [Fact]
    public async Task The_client_of_another_language_understands_the_server()
    {
        await using var server = await EchoServer.StartAsync(new Handlers { Say = SayAsync, Count = CountAsync });

        var report = await NodeClient.CallAsync(server.Http2);

        AssertSaw("""{"text":"hello","length":0,"from":[],"raw":[],"code":0,"head":[]}""", report, "unary");
        AssertSaw("""{"text":"","length":0,"from":[],"raw":[],"code":0,"head":[]}""", report, "empty");
        AssertSaw("""{"text":"Bearer x","length":0,"from":["yes"],"raw":[[255,2,1]],"code":0,"head":["17"]}""", report, "metadata");
        AssertSaw("""{"numbers":[1,2,3],"code":0,"head":["3"]}""", report, "stream");
        AssertSaw("""{"numbers":[1],"code":11,"details":"größer als 100 %","head":["17"],"raw":[[0,255]]}""", report, "streamThatFails");
        AssertSaw("""{"code":11,"details":"größer als 100 %","head":["17"],"raw":[[0,255]]}""", report, "failure");
        Assert.Equal((int)StatusCode.DeadlineExceeded, Code(report, "deadline"));
        Assert.Equal((int)StatusCode.Cancelled, Code(report, "cancelled"));
        Assert.Equal(3 * 1024 * 1024, report.GetProperty("large").GetProperty("length").GetInt32());
        Assert.Equal((int)StatusCode.ResourceExhausted, Code(report, "tooLarge"));
        Assert.Equal((int)StatusCode.Unimplemented, Code(report, "unknownMethod"));
        Assert.Equal(Enumerable.Repeat(3, 100), report.GetProperty("manyStreams").EnumerateArray().Select(count => count.GetInt32()));
        await _cancelled.Opened;
    }

    private async Task<SayReply> SayAsync(SayRequest request, ServerCallContext context)
    {
        switch (request.Text)
        {
            case "metadata":
                var raw = context.RequestHeaders.GetValueBytes("raw-bin")!;
                await context.WriteResponseHeadersAsync(new Metadata { { "from-server", "yes" }, { "raw-bin", [.. raw.Reverse()] } });
                context.ResponseTrailers.Add("head", "17");
                return new SayReply { Text = context.RequestHeaders.GetValue("authorization") };
            case "wait":
                await context.CancellationToken.Cancelled();
                throw new OperationCanceledException();
            case "fail":
                throw Failure();
            default:
                return new SayReply { Text = request.Text, Data = request.Data };
        }
    }

    private async Task CountAsync(SayRequest request, IServerStreamWriter<SayReply> replies, ServerCallContext context)
    {
        await replies.WriteAsync(new SayReply { Number = 1 });
        switch (request.Text)
        {
            case "wait":
                await context.CancellationToken.Cancelled();
                _cancelled.Open();
                break;
            case "fail":
                throw Failure();
            default:
                await replies.WriteAsync(new SayReply { Number = 2 });
                await replies.WriteAsync(new SayReply { Number = 3 });
                context.ResponseTrailers.Add("head", "3");
                break;
        }
    }

    private static RpcException Failure() =>
        new(new Status(StatusCode.OutOfRange, "größer als 100 %"), new Metadata { { "head", "17" }, { "raw-bin", [0, 255] } });

    private static int Code(JsonElement report, string call) => report.GetProperty(call).GetProperty("code").GetInt32();

    private static void AssertSaw(string expected, JsonElement report, string call)
    {
        using var document = JsonDocument.Parse(expected);
        var seen = report.GetProperty(call);
        Assert.True(JsonElement.DeepEquals(document.RootElement, seen), $"{call}: {seen}");
    }
}
