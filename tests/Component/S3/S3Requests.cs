using System.Collections.Concurrent;
using System.Net;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>
/// What a store sends, counted; and answers that a test gives in the server's place.
/// </summary>
internal sealed class S3Requests : DelegatingHandler
{
    private long _bytes;

    /// <summary>The requests, such as <c>PUT</c>.</summary>
    public ConcurrentQueue<string> All { get; } = [];

    /// <summary>The bytes of all bodies.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Answers a request, or lets it pass with null.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> Answer { get; set; } = _ => null;

    /// <summary>Called before a request is sent.</summary>
    public Func<HttpRequestMessage, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>What the server says when it has too much to do.</summary>
    public static HttpResponseMessage SlowDown => new(HttpStatusCode.ServiceUnavailable)
    {
        Content = new StringContent("<Error><Code>SlowDown</Code><Message>Please wait</Message></Error>"),
    };

    public HttpMessageHandler Wrap(HttpMessageHandler inner)
    {
        InnerHandler = inner;
        return this;
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        All.Enqueue(request.Method.Method);
        Interlocked.Add(ref _bytes, request.Content?.Headers.ContentLength ?? 0);
        await Before(request);
        if (Answer(request) is not { } answer)
            return await base.SendAsync(request, cancellationToken);
        answer.RequestMessage = request;
        return answer;
    }
}
