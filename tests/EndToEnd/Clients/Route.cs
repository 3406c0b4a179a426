using OrleansIngest.EndToEnd.Storm;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// The way of clients to the server: directly, or through the network that cuts, delays, splits,
/// resets and falls silent.
/// </summary>
internal sealed class Route : IAsyncDisposable
{
    private readonly BadNetwork? _network;
    private readonly ITestOutputHelper _output;

    private Route(Uri server, BadNetwork? network, ITestOutputHelper output) =>
        (Entrance, _network, _output) = (network?.Entrance ?? server, network, output);

    /// <summary>The address to which clients send their requests.</summary>
    public Uri Entrance { get; }

    /// <summary>Opens the route.</summary>
    /// <param name="server">The server.</param>
    /// <param name="isBad">Whether to use the bad network.</param>
    /// <param name="output">Receives how to repeat what the network does, and what it did.</param>
    /// <param name="draw">Draws what happens to a connection; null for anything.</param>
    public static Route To(Uri server, bool isBad, ITestOutputHelper output, Func<Random, Fate>? draw = null)
    {
        if (isBad)
            output.WriteLine($"To repeat this: INGEST_STORM_SEED={StormSize.Seed}");
        return new Route(server, isBad ? new BadNetwork(server, new Random(StormSize.Seed), draw) : null, output);
    }

    public async ValueTask DisposeAsync()
    {
        if (_network is null)
            return;
        _output.WriteLine($"{_network.Traffic}");
        await _network.DisposeAsync();
    }
}
