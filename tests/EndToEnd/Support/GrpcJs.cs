using System.Collections.Concurrent;
using System.Text.Json;
using Google.Protobuf;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>Unary calls through the real grpc-js, in a process of its own (<c>node/grpc.mjs</c>).</summary>
public sealed class GrpcJs : IAsyncDisposable
{
    private static readonly JsonFormatter s_toJson = new(JsonFormatter.Settings.Default);

    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _calls = new();
    private readonly SemaphoreSlim _pen = new(1);
    private readonly ChildProcess _node;
    private int _lastId;

    private GrpcJs(string server) => _node = new ChildProcess("node", ["grpc.mjs", server], Paths.Node, Answered);

    public static async Task<GrpcJs> Start(IngestServer server)
    {
        await NodePackages.Ready;
        return new GrpcJs(server.Grpc);
    }

    /// <summary>Calls; fails the test if the call fails.</summary>
    /// <param name="method">Such as <c>Jobs/GetJob</c>.</param>
    /// <param name="request">What to send.</param>
    public async Task<TReply> Call<TReply>(string method, IMessage request) where TReply : IMessage, new()
    {
        var answer = await Answer(method, request);
        Assert.True(answer.TryGetProperty("reply", out var reply), $"{method} failed: {answer}");
        return JsonParser.Default.Parse<TReply>(reply.GetRawText());
    }

    /// <summary>Calls what must fail.</summary>
    public async Task<GrpcFailure> Fail(string method, IMessage request)
    {
        var failure = await TryCall(method, request);
        Assert.True(failure is not null, $"{method} did not fail.");
        return failure;
    }

    /// <summary>Calls what may fail: how, or null.</summary>
    public async Task<GrpcFailure?> TryCall(string method, IMessage request) =>
        (await Answer(method, request)).TryGetProperty("failure", out var failure)
            ? failure.Deserialize<GrpcFailure>(JsonSerializerOptions.Web)
            : null;

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _pen.Dispose();
    }

    private async Task<JsonElement> Answer(string method, IMessage request)
    {
        var id = Interlocked.Increment(ref _lastId);
        var call = _calls[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _pen.WaitAsync();
        await _node.Say($$"""{"id":{{id}},"method":"{{method}}","request":{{s_toJson.Format(request)}}}""");
        _pen.Release();
        return await Eventually.Comes($"answer to {method}", call.Task);
    }

    private void Answered(string line)
    {
        var answer = JsonDocument.Parse(line).RootElement;
        if (_calls.TryRemove(answer.GetProperty("id").GetInt32(), out var call))
            call.SetResult(answer);
    }
}

/// <summary>How a call failed: gRPC's status, and our own code from the trailer.</summary>
public sealed record GrpcFailure(int Code, string Details, string IngestError);
