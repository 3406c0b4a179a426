using System.Text;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>
/// The parts of a request, any of which can be made wrong. A character of its texts is one byte.
/// </summary>
internal sealed class RawRequest
{
    public required string Method { get; set; }

    public required string Path { get; set; }

    public List<(string Name, string Value)> Headers { get; init; } = [];

    public byte[] Body { get; set; } = [];

    /// <summary>How the body is written down.</summary>
    public Func<byte[], byte[]> Framing { get; set; } = body => body;

    public static RawRequest Of(string method, string path, params (string Name, string Value)[] headers) =>
        new() { Method = method, Path = path, Headers = [("Host", "127.0.0.1"), .. headers] };

    /// <summary>With a body, and its length in a header.</summary>
    public RawRequest With(string type, byte[] body)
    {
        Headers.Add(("Content-Type", type));
        Headers.Add(("Content-Length", body.Length.ToString()));
        Body = body;
        return this;
    }

    public byte[] ToBytes() => [.. Encoding.Latin1.GetBytes(Head()), .. Framing(Body)];

    private string Head() =>
        $"{Method} {Path} HTTP/1.1\r\n{string.Concat(Headers.Select(h => $"{h.Name}: {h.Value}\r\n"))}\r\n";
}
