using System.Net;
using System.Net.Sockets;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// Free ports that stay free while a server is down. They lie below the range that the system uses
/// for outgoing connections, so no client can take one between a kill and the restart.
/// </summary>
internal static class Ports
{
    private const int First = 10_000;
    private const int Count = 20_000;

    private static int s_next = Environment.ProcessId * 97 % Count;

    public static int Take()
    {
        int port;
        do
            port = First + (Interlocked.Increment(ref s_next) % Count);
        while (!IsFree(port));
        return port;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
