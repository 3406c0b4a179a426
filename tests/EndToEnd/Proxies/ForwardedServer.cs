using System.Net;
using System.Net.Sockets;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Proxies;

/// <summary>
/// A server with a path of its own and a trusted proxy, which is only an address here.
/// </summary>
public sealed class ForwardedServer() : ServerFixture(
    $"PathBase={PathBase}", $"TrustedProxies=192.0.2.0/24, {ProxyAddress}", "AllowedHosts=ingest.example",
    "MaxRequestsPerSecond=10", "Interim=on")
{
    public const string PathBase = "/field";
    public const string ProxyAddress = "127.0.0.2";

    private static int s_clients;

    private readonly List<HttpClient> _clients = [];

    /// <summary>A client whose requests come from the trusted proxy.</summary>
    public HttpClient ThroughProxy() => From(ProxyAddress);

    /// <summary>
    /// A client whose requests come from an address of its own, which is not trusted.
    /// </summary>
    public HttpClient Direct() => From(NewAddress());

    /// <summary>An address that no other client uses.</summary>
    public static string NewAddress() => $"127.1.0.{Interlocked.Increment(ref s_clients)}";

    public override async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await base.DisposeAsync();
    }

    private HttpClient From(string address)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (to, cancellation) => await Connect(address, to.DnsEndPoint, cancellation),
        };
        var client = new HttpClient(handler) { BaseAddress = Server.Http };
        _clients.Add(client);
        return client;
    }

    private static async Task<Stream> Connect(string address, DnsEndPoint server, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        await socket.ConnectAsync(server, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
