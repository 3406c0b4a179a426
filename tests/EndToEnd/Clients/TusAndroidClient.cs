using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// tus-android-client 0.1.12: it gives Android's files and preferences to tus-java-client, which
/// does all the rest. What differs is the platform's HttpURLConnection, which is OkHttp 2.7
/// (HttpURLConnectionImpl, Http1xStream):
/// <list type="bullet">
/// <item>PATCH is known to it, and sent.</item>
/// <item>A creation says <c>Content-Length: 0</c> and, though it has no body, <c>Content-Type:
/// application/x-www-form-urlencoded</c>.</item>
/// <item><c>Expect: 100-continue</c> is sent and means nothing: the body follows at once, and a 100
/// that comes is passed over.</item>
/// <item>Chunks are as large as its buffers, 8 KiB.</item>
/// </list>
/// </summary>
internal sealed class TusAndroidClient(Uri endpoint, BatchFile file, int payloadSize)
    : TusJavaClient(endpoint, file, payloadSize)
{
    protected override (string Name, object Value)[] Platform =>
    [
        ("User-Agent", "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8)"), ("Connection", "Keep-Alive"),
        ("Accept-Encoding", "gzip"),
    ];

    protected override Task<ResponseHead> Post((string Name, object Value)[] headers) => Exchange(
        "POST", Endpoint,
        [.. headers, ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", 0)]);

    protected override Task<ResponseHead> Patch((string Name, object Value)[] headers, ArraySegment<byte> bytes) =>
        Exchange("PATCH", Url!, headers, Chunked(bytes, most: 8192));
}
