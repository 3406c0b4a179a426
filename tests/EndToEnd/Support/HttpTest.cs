using System.Net;
using System.Net.Http.Headers;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>A request and what must come back. Whatever comes back, it is never a 500 and never without a reason.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Sent as it is written here.</param>
internal sealed record HttpTest(string Method, string Path)
{
    /// <summary>The request's headers, sent as they are written here.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    public byte[]? Body { get; init; }

    /// <summary>The body comes without Content-Length: in chunks, or on HTTP/2 until it ends.</summary>
    public bool Chunked { get; init; }

    /// <summary>It is sent over HTTP/2.</summary>
    public bool Http2 { get; init; }

    public required int Status { get; init; }

    /// <summary>Headers of the answer; null: must be absent.</summary>
    public Dictionary<string, string?> Expected { get; init; } = [];

    /// <summary>The problem's type; of one of our own, the last part of it.</summary>
    public string? Problem { get; init; }

    /// <summary>Sends it and checks what comes back.</summary>
    public async Task<HttpAnswer> Run(IngestServer server)
    {
        var answer = await Run(server, server.Client);
        Assert.Null(answer["Server"]);
        return answer;
    }

    /// <summary>As <see cref="Run(IngestServer)"/>, by a client that reaches the server on its own way.</summary>
    public async Task<HttpAnswer> Run(IngestServer server, HttpClient client)
    {
        using var request = Request(server, client);
        using var response = await client.SendAsync(request);
        var answer = new HttpAnswer(response, await response.Content.ReadAsByteArrayAsync());
        Assert.True(answer.Status != 500, $"{Method} {Path}: the server made a mistake:\n{server.Log[^Math.Min(server.Log.Length, 3000)..]}");
        answer.MustBeCivil(Method);
        Assert.True(Status == (int)response.StatusCode, $"{Method} {Path}: expected {Status}, was {answer}");
        foreach (var (name, value) in Expected)
            Assert.True(value == answer[name], $"{Method} {Path}: expected {name}: {value ?? "(absent)"}, was {answer}");
        if (Problem is not null)
            Assert.Equal(Problems.Type(Problem), answer.ProblemType);
        return answer;
    }

    /// <summary>Only sends it.</summary>
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
        request.Headers.ExpectContinue = Http2 && Chunked; // its end comes when the server waits, not with its head
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

/// <summary>Bytes, without saying how many.</summary>
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
