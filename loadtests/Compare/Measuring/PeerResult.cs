using OrleansIngest.LoadTests.Compare.Servers;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Compare.Measuring;

/// <summary>The rounds of one server with one body.</summary>
internal sealed record PeerResult(Peer Peer, IReadOnlyList<RoundFigures> Rounds)
{
    public double Median(Func<RoundFigures, double> figure) => Rounds.Select(figure).Median();
}
