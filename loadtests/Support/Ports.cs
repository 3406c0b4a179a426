using System.Net;
using System.Net.Sockets;

namespace OrleansIngest.LoadTests.Support;

/// <summary>Free ports of this machine.</summary>
public static class Ports
{
    // Below those that the system gives to outgoing connections, so that no client can take one before its server does.
    private const int First = 10_000;
    private const int Count = 20_000;

    private static int s_next = Environment.ProcessId * 97 % Count;

    /// <summary>A port that nobody listens on, another one each time.</summary>
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
