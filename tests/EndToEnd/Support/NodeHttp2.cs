using System.Text.Json;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>One request over HTTP/2 with a trailer, which .NET's own client cannot send: <c>node/http2.mjs</c>.</summary>
internal static class NodeHttp2
{
    /// <summary>Sends a request, and a trailer after its body.</summary>
    /// <returns>The status that comes back.</returns>
    public static async Task<int> Send(IngestServer server, HttpTest request, string trailer, string value)
    {
        var headers = request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value);
        (headers[":method"], headers[":path"], headers["trailer"]) = (request.Method, request.Path, trailer);
        var what = new { headers, body = Convert.ToBase64String(request.Body!), trailer = new Dictionary<string, string> { [trailer.ToLowerInvariant()] = value } };
        await using var node = new ChildProcess("node", ["http2.mjs", server.Grpc, JsonSerializer.Serialize(what)], Paths.Node);
        Assert.Equal(0, await Eventually.Comes("answer over HTTP/2", node.Ended));
        return JsonDocument.Parse(node.Output).RootElement.GetProperty(":status").GetInt32();
    }
}
