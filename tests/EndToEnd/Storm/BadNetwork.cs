using System.Net;
using System.Net.Sockets;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>
/// The network between the devices and the server: it delays, splits, cuts, resets and falls silent as the dice will. While
/// the server is down it refuses.
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

    /// <summary>Opens it.</summary>
    /// <param name="server">Where it leads.</param>
    /// <param name="dice">What decides on each connection.</param>
    /// <param name="draw">How they decide; null: on anything.</param>
    public BadNetwork(Uri server, Random dice, Func<Random, Fate>? draw = null)
    {
        (_server, _dice, _draw) = (new IPEndPoint(IPAddress.Loopback, server.Port), dice, draw ?? Fate.Draw);
        _listener.Start();
        _accepting = Accept();
    }

    /// <summary>Where devices enter it.</summary>
    public Uri Entrance => new($"http://{_listener.LocalEndpoint}");

    /// <summary>What happened on it.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>The storm is over: what connects now stays connected.</summary>
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
            // It is over: nobody comes any more.
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
