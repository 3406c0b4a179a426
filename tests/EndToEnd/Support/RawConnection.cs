using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>A connection as bytes, for what no client library would send, and for clients that vanish.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;

    private RawConnection(Socket socket) => _socket = socket;

    public static Task<RawConnection> Open(IngestServer server, bool toGrpc = false) => Open(toGrpc ? server.Grpc : server.Http.Authority);

    /// <summary>To an address and port.</summary>
    public static async Task<RawConnection> Open(string authority)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPEndPoint.Parse(authority));
        return new RawConnection(socket);
    }

    /// <summary>The head of a request; a Host header is added.</summary>
    public static string Head(string method, string path, params IEnumerable<(string Name, object Value)> headers) =>
        $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{string.Concat(headers.Select(h => $"{h.Name}: {h.Value}\r\n"))}\r\n";

    /// <summary>The head of a request; a Host header is added.</summary>
    public Task Send(string method, string path, params IEnumerable<(string Name, object Value)> headers) => Send(Head(method, path, headers));

    /// <summary>The head of a PATCH.</summary>
    /// <param name="url">The upload.</param>
    /// <param name="offset">Where its bytes go.</param>
    /// <param name="headers">How long its body is, and what else there is to say.</param>
    public Task SendPatch(string url, long offset, params (string Name, object Value)[] headers) => Send(
        "PATCH", url, [("Tus-Resumable", "1.0.0"), ("Upload-Offset", offset), ("Content-Type", Upload.OffsetType), .. headers]);

    /// <summary>The head of a creation that brings its bytes along.</summary>
    public Task SendCreation(string job, Guid media, long length) => Send(
        "POST", Upload.Url(job), ("Tus-Resumable", "1.0.0"), ("Upload-Length", length), ("Content-Length", length),
        ("Content-Type", Upload.OffsetType), ("Upload-Metadata", Upload.Metadata([("media", media.ToString())])));

    /// <summary>Text, a byte a character.</summary>
    public Task Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    /// <summary>Pieces, for as long as the server takes them: why it does not, whoever reads finds out.</summary>
    public async Task TrySend(params IEnumerable<byte[]> pieces)
    {
        try
        {
            foreach (var piece in pieces)
                await Send(piece);
        }
        catch (SocketException)
        {
            // It closed.
        }
    }

    /// <summary>As <see cref="ReadHead"/>, taken apart; one that is cut off is none.</summary>
    public async Task<ResponseHead> ReadResponse() => new(await ReadHead() is var head && head.EndsWith("\r\n\r\n", StringComparison.Ordinal) ? head : "");

    /// <summary>The line and headers that come back; empty if the server closed instead.</summary>
    public async Task<string> ReadHead()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await Receive(one) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }

    /// <summary>What comes back, a character a byte, until that is enough or the server closed.</summary>
    public async Task<string> ReadUntil(Func<string, bool> isEnough)
    {
        var said = "";
        var buffer = new byte[16 * 1024];
        while (!isEnough(said) && await Receive(buffer) is > 0 and var count)
            said += Encoding.Latin1.GetString(buffer, 0, count);
        return said;
    }

    /// <summary>Has nothing more to say (FIN), and still listens.</summary>
    public void Finish()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server was faster.
        }
    }

    /// <summary>Vanishes like a phone in a tunnel that is reset later.</summary>
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
            return 0; // reset is one way of closing
        }
    }
}
