using OrleansIngest.LoadTests.Compare.Servers;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Compare.Measuring;

/// <summary>
/// All rounds with one body. A ratio is the median of the rounds' ratios, because figures of the
/// same round share the state of the machine.
/// </summary>
/// <param name="Body">The body that was uploaded.</param>
/// <param name="Connections">The number of concurrent connections.</param>
/// <param name="Peers">The results of the servers.</param>
/// <param name="Sha256">Seconds per GB of one SHA-256 pass, in each round.</param>
internal sealed record WorkloadResult(
    Workload Body, int Connections, IReadOnlyList<PeerResult> Peers, IReadOnlyList<double> Sha256)
{
    public string Name => $"{Body.Name}, {Connections} connections";

    /// <summary>
    /// Seconds per GB of nginx's PUT and one SHA-256 pass, in each round; null without nginx.
    /// </summary>
    public IReadOnlyList<double>? NginxAndSha256 =>
        Of(Peer.Nginx) is { } nginx
            ? [.. nginx.Rounds.Zip(Sha256, (round, sha256) => round.CpuSecondsPerGigabyte + sha256)]
            : null;

    public PeerResult? Of(string key) => Peers.FirstOrDefault(result => result.Peer.Key == key);

    /// <summary>CPU in relation to nginx plus SHA-256.</summary>
    public double? CpuToNginxAndSha256(string key) =>
        NginxAndSha256 is { } bound ? Ratio(Of(key)?.Rounds.Select(Cpu), bound) : null;

    /// <summary>CPU in relation to another server's.</summary>
    public double? CpuTo(string other, string key) => Ratio(Of(key)?.Rounds.Select(Cpu), Of(other)?.Rounds.Select(Cpu));

    /// <summary>Uploads per second in relation to another server's.</summary>
    public double? RateTo(string other, string key) =>
        Ratio(
            Of(key)?.Rounds.Select(round => round.UploadsPerSecond),
            Of(other)?.Rounds.Select(round => round.UploadsPerSecond));

    private static double Cpu(RoundFigures round) => round.CpuSecondsPerGigabyte;

    private static double? Ratio(IEnumerable<double>? these, IEnumerable<double>? those) =>
        these is null || those is null ? null : these.Zip(those, (a, b) => a / b).Median();
}
