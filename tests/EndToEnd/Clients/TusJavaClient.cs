using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// tus-java-client 0.5.1 on a JDK. What it does (TusClient, TusUploader, TusExecutor; its headers
/// were looked at on the wire with OpenJDK 17):
/// <list type="bullet">
/// <item>The JDK's HttpURLConnection knows no PATCH, so it is a POST with
/// <c>X-HTTP-Method-Override: PATCH</c>.</item>
/// <item>A creation is a POST with neither <c>Content-Length</c> nor <c>Transfer-Encoding</c>, and
/// never brings bytes along.</item>
/// <item>Every body is chunked (<c>setChunkedStreamingMode</c>), a chunk being 4096 bytes with what
/// is around it, and begins after <c>100 Continue</c>.</item>
/// <item>A request carries <c>requestPayloadSize</c> bytes (10 MiB). <c>uploadChunk</c> opens the
/// next one before it looks whether the file has more bytes: so a file of a multiple of that size
/// ends with a request without any, and so does one that is resumed when all of it is there.</item>
/// <item>The answer must be 2xx and say the <c>Upload-Offset</c> that the client expects.</item>
/// <item>After a broken line, 423 and 5xx it asks with HEAD (<c>resumeOrCreateUpload</c>), up to
/// four times; after 404 it creates the upload anew. All else ends the upload: also a 409 to the
/// offset that HEAD told.</item>
/// </list>
/// </summary>
internal class TusJavaClient(Uri endpoint, BatchFile file, int payloadSize) : AppClient(endpoint, file)
{
    private const int Retries = 4;

    /// <summary>The headers that the platform adds to each request.</summary>
    protected virtual (string Name, object Value)[] Platform =>
    [
        ("User-Agent", "Java/17.0.21.1"), ("Accept", "text/html, image/gif, image/jpeg, */*; q=0.2"),
        ("Connection", "keep-alive"),
    ];

    public override async Task Run()
    {
        while (true)
        {
            try
            {
                await Attempt();
                return;
            }
            catch (Exception e) when (Failures < Retries && IsWorthRetrying(e))
            {
                Failures++;
            }
        }
    }

    /// <summary>A creation, which has no body, as the platform sends it.</summary>
    protected virtual Task<ResponseHead> Post((string Name, object Value)[] headers) =>
        Exchange("POST", Endpoint, headers);

    /// <summary>A PATCH as the platform sends it.</summary>
    protected virtual Task<ResponseHead> Patch((string Name, object Value)[] headers, ArraySegment<byte> bytes) =>
        Exchange("POST", Url!, [.. headers, ("X-HTTP-Method-Override", "PATCH")], Chunked(bytes, 4089), waits: true);

    private async Task Attempt()
    {
        var offset = Url is null ? await Create() : await Resume();
        int sent;
        do
        {
            sent = Math.Min(payloadSize, Bytes.Length - offset);
            await Send(offset, sent);
            offset += sent;
        }
        while (sent == payloadSize);
    }

    private async Task<int> Create()
    {
        var created = await Post(
            [("Tus-Resumable", "1.0.0"), ("Upload-Metadata", Metadata), ("Upload-Length", Bytes.Length), .. Platform]);
        Url = Location(Success(created));
        return 0;
    }

    private async Task<int> Resume()
    {
        var found = await Exchange("HEAD", Url!, [("Tus-Resumable", "1.0.0"), .. Platform]);
        return found.Status == 404 ? await Create() : int.Parse(Success(found)["Upload-Offset"]!);
    }

    private async Task Send(int offset, int count)
    {
        var answer = await Patch(
            [
                ("Tus-Resumable", "1.0.0"), ("Upload-Offset", offset), ("Content-Type", Upload.OffsetType),
                ("Expect", "100-continue"), ("Transfer-Encoding", "chunked"), .. Platform,
            ],
            new ArraySegment<byte>(Bytes, offset, count));
        Assert.Equal((offset + count).ToString(), Success(answer)["Upload-Offset"]);
    }

    private static ResponseHead Success(ResponseHead answer) =>
        answer.Status is >= 200 and < 300 ? answer : throw new UnexpectedAnswerException(answer);

    private static bool IsWorthRetrying(Exception e) =>
        e is IOException or UnexpectedAnswerException { Status: 423 or >= 500 };
}
