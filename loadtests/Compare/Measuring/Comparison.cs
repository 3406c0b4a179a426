using OrleansIngest.LoadTests.Compare.Servers;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Compare.Measuring;

/// <summary>
/// Compares the servers. All are up all the time and take turns within each round: on many machines
/// CPU per upload changes from minute to minute, so only figures that were measured within seconds
/// can be compared.
/// </summary>
internal sealed class Comparison(Options options) : IAsyncDisposable
{
    private readonly DataFolder _folder = new();
    private readonly List<Contender> _contenders = [];

    /// <summary>Starts all servers and uploads to them until their code is compiled.</summary>
    public async Task Start()
    {
        foreach (var peer in options.Peers)
            _contenders.Add(new(peer, await peer.Start(_folder.Folder(peer.Key))));
        for (var turn = 0; turn < options.WarmUpTurns; turn++)
            _contenders.ForEach(contender => Turn(contender, Workload.WarmUp));
    }

    /// <summary>Measures all rounds with one body, after one round that does not count.</summary>
    public WorkloadResult Measure(Workload body)
    {
        var rounds = Enumerable.Range(0, options.Rounds + 1).Select(round => Measure(body, round)).Skip(1).ToList();
        _contenders.ForEach(contender => contender.Clear());
        return new(
            body, Connections(body),
            [.. options.Peers.Select(peer => new PeerResult(peer, [.. rounds.Select(round => round.Peers[peer])]))],
            [.. rounds.Select(round => round.Sha256)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var contender in _contenders)
            await contender.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Measures one round. Each round begins with another server.</summary>
    private (Dictionary<Peer, RoundFigures> Peers, double Sha256) Measure(Workload body, int round)
    {
        var first = round % _contenders.Count;
        var order = _contenders.Skip(first).Concat(_contenders.Take(first));
        return (
            order.ToDictionary(contender => contender.Peer, contender => Turn(contender, body)),
            Sha256Pass.Measure(body));
    }

    private RoundFigures Turn(Contender contender, Workload body) =>
        contender.Turn(body, Connections(body), options.RoundTime);

    private int Connections(Workload body) => body.Connections ?? options.Connections;
}
