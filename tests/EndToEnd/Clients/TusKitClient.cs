using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// TUSKit 3.8 (TUSAPI, Tasks, TUSClient.onError). What it does:
/// <list type="bullet">
/// <item>URLSession sends each body from a file, so with its <c>Content-Length</c>; the version is
/// spelled <c>TUS-Resumable</c>.</item>
/// <item>A request carries <c>chunkSize</c> bytes (500 KiB), and an upload is done when
/// an answer says an <c>Upload-Offset</c> of the file's length: it never sends a
/// request without bytes.</item>
/// <item>A request that failed is sent again <b>at once and as it was</b>, to the same offset and
/// without a HEAD, twice at most.</item>
/// <item>Of the answer to a PATCH only <c>Upload-Offset</c> counts, whatever its status: so the
/// offset in a 409 is where it goes on. Without one the request has failed, and so it has with the
/// offset that the client knew.</item>
/// <item>When it has given up, the next start of the app asks with HEAD, which must be 2xx and say
/// <c>Upload-Length</c> and <c>Upload-Offset</c>.</item>
/// </list>
/// </summary>
internal sealed class TusKitClient(Uri endpoint, BatchFile file, int chunkSize) : AppClient(endpoint, file)
{
    private const int Retries = 2;

    private static readonly (string Name, object Value)[] s_common =
    [
        ("Accept", "*/*"), ("Accept-Language", "en-US,en;q=0.9"), ("Accept-Encoding", "gzip, deflate"),
        ("User-Agent", "Field/1 CFNetwork/1568.100.1 Darwin/24.0.0"), ("Connection", "keep-alive"),
        ("TUS-Resumable", "1.0.0"),
    ];

    public override async Task Run()
    {
        Url ??= await Try(Create);
        for (var offset = 0; offset < Bytes.Length;)
            offset = await Try(() => Send(offset));
    }

    /// <summary>
    /// Resumes as after a start of the app: the client asks with HEAD, and continues.
    /// </summary>
    public async Task Start()
    {
        for (var offset = await Try(Status); offset < Bytes.Length;)
            offset = await Try(() => Send(offset));
    }

    private async Task<T> Try<T>(Func<Task<T>> task)
    {
        for (var errors = 0; ; errors++)
        {
            try
            {
                return await task();
            }
            catch (Exception e) when (errors < Retries && e is IOException or UnexpectedAnswerException)
            {
                Failures++;
            }
        }
    }

    private async Task<Uri> Create()
    {
        var created = await Exchange(
            "POST", Endpoint,
            [.. s_common, ("Upload-Length", Bytes.Length), ("Upload-Metadata", Metadata), ("Content-Length", 0)]);
        return created.Status is >= 200 and < 300 ? Location(created) : throw new UnexpectedAnswerException(created);
    }

    private async Task<int> Send(int offset)
    {
        var chunk = Bytes[offset..Math.Min(offset + chunkSize, Bytes.Length)];
        (string, object)[] about =
            [("Content-Type", Upload.OffsetType), ("Upload-Offset", offset), ("Content-Length", chunk.Length)];
        var answer = await Exchange("PATCH", Url!, [.. s_common, .. about], [chunk]);
        return int.TryParse(answer["Upload-Offset"], out var now) && now != offset
            ? now
            : throw new UnexpectedAnswerException(answer);
    }

    private async Task<int> Status()
    {
        var found = await Exchange("HEAD", Url!, s_common);
        if (found.Status is < 200 or >= 300)
            throw new UnexpectedAnswerException(found);
        Assert.Equal(Bytes.Length.ToString(), found["Upload-Length"]);
        return int.Parse(found["Upload-Offset"]!);
    }
}
