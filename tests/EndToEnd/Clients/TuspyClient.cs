using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// tuspy 1.1.0 (tusclient/uploader, tusclient/request.py; its headers were looked at on the wire
/// with requests 2.34). What it does:
/// <list type="bullet">
/// <item>It says <c>Content-Length</c> for every body, and opens a
/// connection for every request.</item>
/// <item>Its own headers are lower case. Without metadata it sends an empty
/// <c>upload-metadata</c>.</item>
/// <item>A request carries <c>chunk_size</c> bytes (all of the file unless
/// the app says otherwise).</item>
/// <item>When a request failed in any way it asks with HEAD and sends the rest of that chunk,
/// <c>retries</c> times: so after the lost last answer it sends a request without bytes. A HEAD
/// without <c>upload-offset</c> counts as one more failure.</item>
/// <item><c>upload_length_deferred</c>: the length comes with the first request that
/// has less than <c>chunk_size</c> bytes. So a file of a multiple of that size ends
/// with a request without any.</item>
/// <item><c>upload_checksum</c>: each request has the SHA-1 of its body.</item>
/// <item>An <c>Uploader</c> with a <c>url</c> asks with HEAD, and if that says all of the file it
/// sends nothing and is done.</item>
/// </list>
/// </summary>
internal sealed class TuspyClient(Uri endpoint, BatchFile file, int chunkSize) : AppClient(endpoint, file)
{
    private const int Retries = 4;

    /// <summary><c>upload_length_deferred</c>.</summary>
    public bool IsDeferred { get; init; }

    /// <summary><c>upload_checksum</c>.</summary>
    public bool HasChecksum { get; init; }

    private static (string Name, object Value)[] Common =>
    [
        ("User-Agent", "python-requests/2.34.2"), ("Accept-Encoding", "gzip, deflate"), ("Accept", "*/*"),
        ("Connection", "keep-alive"), ("Tus-Resumable", "1.0.0"),
    ];

    public override async Task Run()
    {
        var (offset, isOver) = (Url is null ? await Create() : await Offset(), false);
        while (!isOver && (IsDeferred || offset < Bytes.Length))
            (offset, isOver) = await SendChunk(offset);
    }

    /// <summary>
    /// Creates the upload. tuspy does not repeat a creation; the app has to call it again.
    /// </summary>
    private async Task<int> Create()
    {
        (string, object) length = IsDeferred ? ("upload-defer-length", 1) : ("upload-length", Bytes.Length);
        var created = await Exchange(
            "POST", Endpoint, [.. Common, length, ("upload-metadata", Metadata), ("Content-Length", 0)]);
        Url = Location(created["Location"] is null ? throw new UnexpectedAnswerException(created) : created);
        return 0;
    }

    private async Task<int> Offset()
    {
        var found = await Exchange("HEAD", Url!, Common);
        return found["Upload-Offset"] is { } offset ? int.Parse(offset) : throw new UnexpectedAnswerException(found);
    }

    private async Task<(int Offset, bool IsOver)> SendChunk(int offset)
    {
        for (var retried = 0; ; retried++)
        {
            try
            {
                if (retried > 0)
                    offset = await Offset();
                return await Patch(offset);
            }
            catch (Exception e) when (retried < Retries && e is IOException or UnexpectedAnswerException)
            {
                Failures++;
            }
        }
    }

    private async Task<(int Offset, bool IsOver)> Patch(int offset)
    {
        var chunk = new ArraySegment<byte>(Bytes, offset, Math.Min(chunkSize, Bytes.Length - offset)).ToArray();
        var isOver = IsDeferred && chunk.Length < chunkSize;
        var answer = await Exchange("PATCH", Url!, [.. Common, .. About(offset, chunk, isOver)], [chunk]);
        return answer.Status is >= 200 and < 300
            ? (int.Parse(answer["Upload-Offset"]!), isOver)
            : throw new UnexpectedAnswerException(answer);
    }

    private IEnumerable<(string, object)> About(int offset, byte[] chunk, bool isOver)
    {
        yield return ("upload-offset", offset);
        yield return ("Content-Type", Upload.OffsetType);
        yield return ("Content-Length", chunk.Length);
        if (HasChecksum)
            yield return ("upload-checksum", Digests.Checksum("sha1", chunk));
        if (isOver)
            yield return ("upload-length", offset + chunk.Length);
    }
}
