using System.Net;
using System.Net.Http.Headers;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// A request and its expected answer. No answer may be a 500, and no error may lack a reason.
/// </summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, sent exactly as written.</param>
internal sealed record HttpTest(string Method, string Path)
{
    /// <summary>The headers of the request, sent exactly as written.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    public byte[]? Body { get; init; }

    /// <summary>
    /// Whether the body is sent without Content-Length: in chunks, or on HTTP/2 until its end.
    /// </summary>
    public bool Chunked { get; init; }

    /// <summary>Whether the request is sent over HTTP/2.</summary>
    public bool Http2 { get; init; }

    public required int Status { get; init; }

    /// <summary>
    /// Expected headers of the answer; null means that the header must be absent.
    /// </summary>
    public Dictionary<string, string?> Expected { get; init; } = [];

    /// <summary>
    /// The expected type of the problem; for a problem of this server, the last part of its type.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>Sends the request and checks the answer.</summary>
    public async Task<HttpAnswer> Run(IngestServer server)
    {
        var answer = await Run(server, server.Client);
        Assert.Null(answer["Server"]);
        return answer;
    }

    /// <summary>
    /// Like <see cref="Run(IngestServer)"/>, with a client that reaches the server in its own way.
    /// </summary>
    public async Task<HttpAnswer> Run(IngestServer server, HttpClient client)
    {
        using var request = Request(server, client);
        using var response = await client.SendAsync(request);
        var answer = new HttpAnswer(response, await response.Content.ReadAsByteArrayAsync());
        Assert.True(
            answer.Status != 500,
            $"{Method} {Path}: the server made a mistake:\n{server.Log[^Math.Min(server.Log.Length, 3000)..]}");
        answer.MustBeCivil(Method);
        Assert.True(Status == (int)response.StatusCode, $"{Method} {Path}: expected {Status}, was {answer}");
        foreach (var (name, value) in Expected)
            Assert.True(
                value == answer[name], $"{Method} {Path}: expected {name}: {value ?? "(absent)"}, was {answer}");
        if (Problem is not null)
            Assert.Equal(Problems.Type(Problem), answer.ProblemType);
        return answer;
    }

    /// <summary>Sends the request without checking the answer.</summary>
    public async Task<HttpResponseMessage> Send(IngestServer server)
    {
        using var request = Request(server, server.Client);
        return await server.Client.SendAsync(request);
    }

    private HttpRequestMessage Request(IngestServer server, HttpClient client)
    {
        var asWritten = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var address = Http2 ? new Uri($"http://{server.Grpc}") : client.BaseAddress!;
        var url = new Uri(address.GetLeftPart(UriPartial.Authority) + Path, asWritten);
        var request = new HttpRequestMessage(new HttpMethod(Method), url)
        {
            Version = Http2 ? HttpVersion.Version20 : client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (Body is not null)
            request.Content = Chunked ? new UnsizedContent(Body) : new ByteArrayContent(Body);
        // The end of the body comes while the server waits, not with the head.
        request.Headers.ExpectContinue = Http2 && Chunked;
        foreach (var (name, value) in Headers)
            Add(request, name, value);
        return request;
    }

    private static void Add(HttpRequestMessage request, string name, string value)
    {
        HttpHeaders headers = name.StartsWith("Content-", StringComparison.Ordinal)
            ? (request.Content ??= new ByteArrayContent([])).Headers
            : request.Headers;
        Assert.True(headers.TryAddWithoutValidation(name, value), $"The test cannot send {name}: {value}");
    }
}

/// <summary>Content without a known length.</summary>
internal sealed class UnsizedContent(byte[] bytes) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        stream.WriteAsync(bytes).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
