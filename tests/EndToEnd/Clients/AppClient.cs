using System.Text;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// A tus client that cannot run here, written down as the requests that it sends and how it handles
/// the answers. The pauses between its attempts are left out.
/// </summary>
/// <param name="endpoint">
/// The URL at which it creates uploads, and the network that leads there.
/// </param>
/// <param name="file">The file to upload.</param>
internal abstract class AppClient(Uri endpoint, BatchFile file)
{
    /// <summary>The bytes of the file.</summary>
    protected byte[] Bytes { get; } = File.ReadAllBytes(file.Path);

    /// <summary>The URL of the upload, once the client knows it.</summary>
    public Uri? Url { get; protected set; }

    /// <summary>How many times the client had to resume after a failure.</summary>
    public int Failures { get; protected set; }

    /// <summary>The URL at which uploads are created.</summary>
    protected Uri Endpoint => endpoint;

    /// <summary>The metadata that an app gives to clients, as clients send it.</summary>
    protected string Metadata => Upload.Metadata(file.Metadata.Select(pair => (pair.Key, pair.Value)));

    /// <summary>
    /// Uploads the file. Ends when the client considers it done, and fails when the client gives
    /// up.
    /// </summary>
    public abstract Task Run();

    /// <summary>Sends a request on a connection of its own.</summary>
    /// <param name="method">The method in the request line.</param>
    /// <param name="url">The URL.</param>
    /// <param name="headers">The headers of the client.</param>
    /// <param name="body">The body as it is on the wire, in pieces.</param>
    /// <param name="waits">
    /// Whether the client sends the body only after <c>100 Continue</c>.
    /// </param>
    /// <exception cref="IOException">The connection broke before the answer.</exception>
    protected static async Task<ResponseHead> Exchange(
        string method, Uri url, (string Name, object Value)[] headers, IEnumerable<byte[]>? body = null,
        bool waits = false)
    {
        using var line = await RawConnection.Open(url.Authority);
        await line.TrySend([Encoding.Latin1.GetBytes(RawConnection.Head(method, url.AbsolutePath, headers))]);
        var answer = waits ? await line.ReadResponse() : null;
        if (answer is null or { Status: 100 })
            await line.TrySend(body ?? []);
        while (answer is null or { Status: 100 })
            answer = await line.ReadResponse();
        return answer.Status == 0 ? throw new IOException("The line broke.") : answer;
    }

    /// <summary>A body in the chunks of HTTP/1.1, of at most so many bytes each.</summary>
    protected static IEnumerable<byte[]> Chunked(ArraySegment<byte> bytes, int most) =>
        [.. bytes.Chunk(most).Select(chunk => (byte[])[.. Head(chunk), .. chunk, .. "\r\n"u8]), [.. "0\r\n\r\n"u8]];

    /// <summary>
    /// The URL of a created upload. Clients resolve it against the URL at which they created the
    /// upload.
    /// </summary>
    protected Uri Location(ResponseHead created) => new(Endpoint, created["Location"]);

    private static byte[] Head(byte[] chunk) => Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n");
}

/// <summary>An answer that a client treats as a failure.</summary>
internal sealed class UnexpectedAnswerException(ResponseHead answer)
    : Exception($"The client did not expect: {answer.Line}")
{
    /// <summary>The HTTP status.</summary>
    public int Status => answer.Status;
}
