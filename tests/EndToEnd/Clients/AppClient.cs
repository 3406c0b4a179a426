using System.Text;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// A tus client that cannot run here, written down as the requests that it sends and what it makes of the answers.
/// Times that it waits between its attempts are left out.
/// </summary>
/// <param name="endpoint">Where it creates uploads, and the network that leads there.</param>
/// <param name="file">What it uploads.</param>
internal abstract class AppClient(Uri endpoint, BatchFile file)
{
    /// <summary>The bytes of the file.</summary>
    protected byte[] Bytes { get; } = File.ReadAllBytes(file.Path);

    /// <summary>Where the upload is, when the client has been told.</summary>
    public Uri? Url { get; protected set; }

    /// <summary>How many times the client had to go on after something failed.</summary>
    public int Failures { get; protected set; }

    /// <summary>Where uploads are created.</summary>
    protected Uri Endpoint => endpoint;

    /// <summary>What clients make of the metadata that an app gives them.</summary>
    protected string Metadata => Upload.Metadata(file.Metadata.Select(pair => (pair.Key, pair.Value)));

    /// <summary>
    /// Uploads the file; ends when the client takes it for done, and fails when the client gives it up.
    /// </summary>
    public abstract Task Run();

    /// <summary>Sends a request on a connection of its own.</summary>
    /// <param name="method">What is in the request's line.</param>
    /// <param name="url">Where it goes.</param>
    /// <param name="headers">What the client says.</param>
    /// <param name="body">The body as it is on the wire, in pieces.</param>
    /// <param name="waits">Whether it sends the body only when it has been asked to continue.</param>
    /// <exception cref="IOException">The line broke before the answer was there.</exception>
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

    /// <summary>A body in HTTP/1.1's chunks of at most so many bytes.</summary>
    protected static IEnumerable<byte[]> Chunked(ArraySegment<byte> bytes, int most) =>
        [.. bytes.Chunk(most).Select(chunk => (byte[])[.. Head(chunk), .. chunk, .. "\r\n"u8]), [.. "0\r\n\r\n"u8]];

    /// <summary>Where a created upload is: clients take it relative to where they created it.</summary>
    protected Uri Location(ResponseHead created) => new(Endpoint, created["Location"]);

    private static byte[] Head(byte[] chunk) => Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n");
}

/// <summary>An answer that a client does not like.</summary>
internal sealed class UnexpectedAnswerException(ResponseHead answer)
    : Exception($"The client did not expect: {answer.Line}")
{
    /// <summary>HTTP status.</summary>
    public int Status => answer.Status;
}
