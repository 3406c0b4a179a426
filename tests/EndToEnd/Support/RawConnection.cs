using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// A TCP connection, for requests that no client library would send and for clients that vanish.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;

    private RawConnection(Socket socket) => _socket = socket;

    public static Task<RawConnection> Open(IngestServer server, bool toGrpc = false) =>
        Open(toGrpc ? server.Grpc : server.Http.Authority);

    /// <summary>Connects to an address and port.</summary>
    public static async Task<RawConnection> Open(string authority)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPEndPoint.Parse(authority));
        return new RawConnection(socket);
    }

    /// <summary>The head of a request, with an added Host header.</summary>
    public static string Head(string method, string path, params IEnumerable<(string Name, object Value)> headers) =>
        $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        + string.Concat(headers.Select(h => $"{h.Name}: {h.Value}\r\n")) + "\r\n";

    /// <summary>Sends the head of a request, with an added Host header.</summary>
    public Task Send(string method, string path, params IEnumerable<(string Name, object Value)> headers) =>
        Send(Head(method, path, headers));

    /// <summary>Sends the head of a PATCH.</summary>
    /// <param name="url">The URL of the upload.</param>
    /// <param name="offset">The offset of the first byte.</param>
    /// <param name="headers">Further headers, such as the length of the body.</param>
    public Task SendPatch(string url, long offset, params (string Name, object Value)[] headers) => Send(
        "PATCH", url,
        [("Tus-Resumable", "1.0.0"), ("Upload-Offset", offset), ("Content-Type", Upload.OffsetType), .. headers]);

    /// <summary>Sends the head of a creation with bytes.</summary>
    public Task SendCreation(string job, Guid media, long length) => Send(
        "POST", Upload.Url(job), ("Tus-Resumable", "1.0.0"), ("Upload-Length", length), ("Content-Length", length),
        ("Content-Type", Upload.OffsetType), ("Upload-Metadata", Upload.Metadata([("media", media.ToString())])));

    /// <summary>Sends text, one byte for each character.</summary>
    public Task Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    /// <summary>
    /// Sends pieces until the server accepts no more. The code that reads the answer finds out why.
    /// </summary>
    public async Task TrySend(params IEnumerable<byte[]> pieces)
    {
        try
        {
            foreach (var piece in pieces)
                await Send(piece);
        }
        catch (SocketException)
        {
            // The server closed the connection.
        }
    }

    /// <summary>Reads a head and parses it. A head that is cut off counts as none.</summary>
    public async Task<ResponseHead> ReadResponse() =>
        new(await ReadHead() is var head && head.EndsWith("\r\n\r\n", StringComparison.Ordinal) ? head : "");

    /// <summary>
    /// Reads the status line and the headers; empty if the server closed the connection instead.
    /// </summary>
    public async Task<string> ReadHead()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await Receive(one) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }

    /// <summary>
    /// Reads until the text is sufficient or the server closes; one character for each byte.
    /// </summary>
    public async Task<string> ReadUntil(Func<string, bool> isEnough)
    {
        var said = "";
        var buffer = new byte[16 * 1024];
        while (!isEnough(said) && await Receive(buffer) is > 0 and var count)
            said += Encoding.Latin1.GetString(buffer, 0, count);
        return said;
    }

    /// <summary>Closes the sending half (FIN), and keeps reading.</summary>
    public void Finish()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server closed the connection first.
        }
    }

    /// <summary>Resets the connection (RST), as for a phone that vanished in a tunnel.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<int> Receive(byte[] buffer)
    {
        try
        {
            return await Eventually.Comes("answer", _socket.ReceiveAsync(buffer, SocketFlags.None));
        }
        catch (SocketException)
        {
            return 0; // a reset closes the connection too
        }
    }
}
