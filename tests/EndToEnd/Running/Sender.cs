using System.Net;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>
/// Clients in the middle of a body that is far from its end, and the answers that they read.
/// </summary>
internal static class Sender
{
    private const long Length = 90L << 30;
    private static readonly byte[] s_piece = TestMedia.Bytes(64 * 1024);

    /// <summary>Sends something, and then waits.</summary>
    public static Task<string> Hangs(IngestServer server, string job, Guid media) =>
        Http1(server, job, media, goesOn: false);

    /// <summary>Sends until there is an answer.</summary>
    public static Task<string> GoesOn(IngestServer server, string job, Guid media) =>
        Http1(server, job, media, goesOn: true);

    /// <inheritdoc cref="Hangs"/>
    public static Task<string> HangsOnHttp2(IngestServer server, string job, Guid media) =>
        HangsOnHttp2(server, job, media, new HttpClient());

    /// <summary>Like <see cref="Hangs"/>, on a connection that it may share.</summary>
    public static Task<string> HangsOnHttp2(IngestServer server, string job, Guid media, HttpClient client) =>
        Http2(server, job, media, client, goesOn: false);

    /// <inheritdoc cref="GoesOn"/>
    public static Task<string> GoesOnOnHttp2(IngestServer server, string job, Guid media) =>
        Http2(server, job, media, new HttpClient(), goesOn: true);

    private static async Task<string> Http1(IngestServer server, string job, Guid media, bool goesOn)
    {
        await Upload.Create(job, media, length: null).Run(server);
        using var line = await RawConnection.Open(server);
        await line.SendPatch(Upload.Url(job, media), 0, ("Content-Length", Length));
        await line.Send(s_piece);
        var answer = line.ReadResponse();
        while (goesOn && !answer.IsCompleted)
            await line.Send(s_piece);
        var head = await answer;
        return $"{head.Status}, Retry-After {head["Retry-After"]}";
    }

    private static async Task<string> Http2(IngestServer server, string job, Guid media, HttpClient client, bool goesOn)
    {
        var answered = new TaskCompletionSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{server.Grpc}{Upload.Url(job)}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Endless(goesOn, answered.Task),
        };
        request.Headers.Add("Tus-Resumable", "1.0.0");
        request.Headers.Add("Upload-Defer-Length", "1");
        request.Headers.Add("Upload-Metadata", Upload.Metadata([("media", media.ToString())]));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answered.SetResult();
        return $"{(int)response.StatusCode}, Retry-After {response.Headers.RetryAfter}";
    }

    /// <summary>A body that does not end before there is an answer.</summary>
    private sealed class Endless : HttpContent
    {
        private readonly bool _goesOn;
        private readonly Task _answered;

        public Endless(bool goesOn, Task answered)
        {
            (_goesOn, _answered) = (goesOn, answered);
            Headers.Add("Content-Type", Upload.OffsetType);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            do
                await stream.WriteAsync(s_piece);
            while (_goesOn && !_answered.IsCompleted);
            await stream.FlushAsync();
            await _answered;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
