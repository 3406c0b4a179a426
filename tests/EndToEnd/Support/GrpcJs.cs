using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OrleansIngest.EndToEnd.Proxies;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// Unary calls through the real grpc-js, over a connection of its own. One process
/// (<c>node/grpc.mjs</c>) makes the calls of all instances.
/// </summary>
public sealed class GrpcJs : IAsyncDisposable
{
    private static readonly JsonFormatter s_toJson = new(JsonFormatter.Settings.Default);
    private static readonly Lazy<Task<NodeDialogue>> s_shared = new(Program);

    private readonly NodeDialogue _node;
    private readonly int _connection;

    private GrpcJs(NodeDialogue node, int connection) => (_node, _connection) = (node, connection);

    /// <summary>Connects to a server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="watching">
    /// How many jobs the connection watches in addition to the calls.
    /// </param>
    public static Task<GrpcJs> Start(IngestServer server, int watching = 0) => Start(server.Grpc, watching);

    /// <summary>Connects to a host and port, or to an https URL.</summary>
    public static async Task<GrpcJs> Start(string address, int watching = 0)
    {
        var node = await s_shared.Value;
        var answer = await node.Ask(
            $"connect to {address}", new JsonObject { ["open"] = address, ["watching"] = watching });
        return new GrpcJs(node, answer.GetProperty("id").GetInt32());
    }

    /// <summary>Calls a method, and fails the test if the call fails.</summary>
    /// <param name="method">The service and method, such as <c>Jobs/GetJob</c>.</param>
    /// <param name="request">The request message.</param>
    public async Task<TReply> Call<TReply>(string method, IMessage request) where TReply : IMessage, new()
    {
        var answer = await Answer(method, request);
        Assert.True(answer.TryGetProperty("reply", out var reply), $"{method} failed: {answer}");
        return JsonParser.Default.Parse<TReply>(reply.GetRawText());
    }

    /// <summary>Calls a method that must fail.</summary>
    public async Task<GrpcFailure> Fail(string method, IMessage request)
    {
        var failure = await TryCall(method, request);
        Assert.True(failure is not null, $"{method} did not fail.");
        return failure;
    }

    /// <summary>Calls a method that may fail, and returns the failure, or null.</summary>
    public async Task<GrpcFailure?> TryCall(string method, IMessage request) =>
        (await Answer(method, request)).TryGetProperty("failure", out var failure)
            ? failure.Deserialize<GrpcFailure>(JsonSerializerOptions.Web)
            : null;

    public async ValueTask DisposeAsync() => await _node.Ask("close", new JsonObject { ["close"] = _connection });

    /// <summary>
    /// Starts the process. It trusts the certificate of the proxies, which node reads at its start.
    /// </summary>
    private static Task<NodeDialogue> Program()
    {
        _ = ProxyCertificate.File;
        return NodeDialogue.Start("grpc.mjs");
    }

    private Task<JsonElement> Answer(string method, IMessage request) => _node.Ask(
        method,
        new JsonObject
        {
            ["on"] = _connection,
            ["method"] = method,
            ["request"] = JsonNode.Parse(s_toJson.Format(request)),
        });
}

/// <summary>
/// How a call failed: the gRPC status, and the server's own code from the trailer.
/// </summary>
public sealed record GrpcFailure(int Code, string Details, string IngestError);
