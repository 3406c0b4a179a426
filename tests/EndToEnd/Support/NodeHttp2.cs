using System.Text.Json;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// Sends a request over HTTP/2 with a trailer (<c>node/http2.mjs</c>), which the client of .NET
/// cannot send.
/// </summary>
internal static class NodeHttp2
{
    /// <summary>Sends a request with a trailer after its body.</summary>
    /// <returns>The status of the answer.</returns>
    public static async Task<int> Send(IngestServer server, HttpTest request, string trailer, string value)
    {
        var headers = request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value);
        (headers[":method"], headers[":path"], headers["trailer"]) = (request.Method, request.Path, trailer);
        var what = new
        {
            headers,
            body = Convert.ToBase64String(request.Body!),
            trailer = new Dictionary<string, string> { [trailer.ToLowerInvariant()] = value },
        };
        await using var node = new ChildProcess(
            "node", ["http2.mjs", server.Grpc, JsonSerializer.Serialize(what)], Paths.Node);
        Assert.Equal(0, await Eventually.Comes("answer over HTTP/2", node.Ended));
        return JsonDocument.Parse(node.Output).RootElement.GetProperty(":status").GetInt32();
    }
}
