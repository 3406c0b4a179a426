using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansIngest.LoadTests.Support.Client;

/// <summary>
/// A blocking kept-alive connection. One system call sends a request with its body, and one
/// receives the answer: the client must cost less than any server that it measures.
/// </summary>
public sealed class Connection : IDisposable
{
    private readonly Socket _socket =
        new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[16 * 1024];
    private readonly IPEndPoint _server;

    /// <summary>Connects to a server.</summary>
    public Connection(IPEndPoint server)
    {
        _server = server;
        _socket.Connect(server);
    }

    /// <summary>Sends a request and waits for the answer.</summary>
    /// <param name="request">The method and the path.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">
    /// Header lines in addition to <c>Host</c> and <c>Content-Length</c>.
    /// </param>
    public Answer Ask(string request, ArraySegment<byte>[] body, params IEnumerable<string> headers)
    {
        Begin(request, body.Sum(part => part.Count), body, headers);
        return Receive();
    }

    /// <summary>Sends a request, possibly without the end of its body, and does not wait.</summary>
    /// <param name="request">The method and the path.</param>
    /// <param name="length">The length of the whole body.</param>
    /// <param name="body">The first bytes of the body.</param>
    /// <param name="headers">
    /// Header lines in addition to <c>Host</c> and <c>Content-Length</c>.
    /// </param>
    public void Begin(string request, long length, ArraySegment<byte>[] body, params IEnumerable<string> headers)
    {
        string[] head = [$"{request} HTTP/1.1", $"Host: {_server}", $"Content-Length: {length}", .. headers, "\r\n"];
        Send([Encoding.ASCII.GetBytes(string.Join("\r\n", head)), .. body]);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Send(ArraySegment<byte>[] parts)
    {
        if (_socket.Send(parts) != parts.Sum(part => part.Count))
            throw new InvalidDataException("A part of a request was not sent.");
    }

    private Answer Receive()
    {
        var count = 0;
        Answer? answer;
        do
            count += ReceiveMore(count);
        while ((answer = Answer.Read(_received.AsSpan(0, count))) is null);
        return answer;
    }

    private int ReceiveMore(int count) => _socket.Receive(_received.AsSpan(count)) is > 0 and var more
        ? more
        : throw new InvalidDataException(
            $"The connection ended after: {Encoding.ASCII.GetString(_received, 0, count)}");
}
