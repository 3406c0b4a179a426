using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansIngest.LoadTests.Scenarios.Client;

/// <summary>
/// A connection that breaks in the middle of a PATCH's body, as the connections of phones do.
/// </summary>
internal static class CutLine
{
    /// <summary>Sends a part of the announced body, and closes the connection.</summary>
    /// <param name="server">The address for HTTP/1.1.</param>
    /// <param name="location">The path of the upload.</param>
    /// <param name="body">The bytes of the upload.</param>
    /// <param name="offset">The offset of the request; it announces all of the rest.</param>
    /// <param name="count">The number of bytes to send.</param>
    /// <param name="reset">Whether to end with RST instead of FIN.</param>
    public static async Task Send(Uri server, string location, Body body, long offset, long count, bool reset)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new DnsEndPoint(server.Host, server.Port));
        try
        {
            await SendAll(socket, Encoding.ASCII.GetBytes(
                $"PATCH {location} HTTP/1.1\r\nHost: {server.Authority}\r\n"
                + $"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n"
                + $"Content-Type: application/offset+octet-stream\r\nContent-Length: {body.Length - offset}\r\n\r\n"));
            await body.Write(offset, count, piece => SendAll(socket, piece));
            if (reset)
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (SocketException)
        {
            // The server refused the request and closed first. The connection is cut all the same.
        }
    }

    private static async Task SendAll(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
