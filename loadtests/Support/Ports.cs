using System.Net;
using System.Net.Sockets;

namespace OrleansIngest.LoadTests.Support;

/// <summary>Free ports of this machine.</summary>
public static class Ports
{
    // The ports lie below the range that the system uses for outgoing connections, so no client can
    // take one before its server does.
    private const int First = 10_000;
    private const int Count = 20_000;

    private static int s_next = Environment.ProcessId * 97 % Count;

    /// <summary>A port on which no process listens; a different one at each call.</summary>
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
