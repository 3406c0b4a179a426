using System.Net;
using System.Net.Sockets;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>
/// The network between the devices and the server. It delays, splits, cuts, resets and falls silent
/// at random. While the server is down, it refuses connections.
/// </summary>
internal sealed class BadNetwork : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly List<Task> _connections = [];
    private readonly EndPoint _server;
    private readonly Random _dice;
    private readonly Func<Random, Fate> _draw;
    private readonly Task _accepting;
    private volatile bool _calm;

    /// <summary>Opens the network.</summary>
    /// <param name="server">The address of the server.</param>
    /// <param name="dice">The random numbers that decide on each connection.</param>
    /// <param name="draw">Draws what happens to a connection; null for anything.</param>
    public BadNetwork(Uri server, Random dice, Func<Random, Fate>? draw = null)
    {
        (_server, _dice, _draw) = (new IPEndPoint(IPAddress.Loopback, server.Port), dice, draw ?? Fate.Draw);
        _listener.Start();
        _accepting = Accept();
    }

    /// <summary>The address to which devices connect.</summary>
    public Uri Entrance => new($"http://{_listener.LocalEndpoint}");

    /// <summary>What happened on the network.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>Ends the storm: from now on connections do not break.</summary>
    public void CalmDown() => _calm = true;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_over.Token);
                _connections.Add(Connect(client, _calm ? Fate.Good : _draw(_dice)));
            }
        }
        catch (OperationCanceledException)
        {
            // The storm is over, and no more connections come.
        }
    }

    private async Task Connect(Socket client, Fate fate)
    {
        using var _ = client;
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(_server);
        }
        catch (SocketException)
        {
            Traffic.Refused();
            client.Close(0);
            return;
        }
        await new Line(client, server, fate, Traffic).Run(_over.Token);
    }
}
