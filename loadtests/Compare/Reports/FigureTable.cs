using OrleansIngest.LoadTests.Compare.Measuring;
using OrleansIngest.LoadTests.Compare.Servers;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Compare.Reports;

/// <summary>
/// A table of the figures of all servers with one body, and of the SHA-256 pass. The first line is
/// the head.
/// </summary>
internal static class FigureTable
{
    public static IEnumerable<string[]> Of(WorkloadResult result) =>
    [
        ["", .. Figure.All.Select(figure => figure.Name), "CPU / (nginx + SHA-256)", "CPU / @tus/server"],
        .. result.Peers.Select(peer => Line(result, peer)),
        CpuOnly(result, "one SHA-256 pass", result.Sha256),
        .. result.NginxAndSha256 is { } both ? [CpuOnly(result, "nginx PUT + SHA-256", both)] : Array.Empty<string[]>(),
    ];

    private static string[] Line(WorkloadResult result, PeerResult peer) =>
    [
        NameOf(peer.Peer, result.Body),
        .. Figure.All.Select(figure => Number.Text(peer.Median(figure.Of))),
        Number.Text(result.CpuToNginxAndSha256(peer.Peer.Key)),
        Number.Text(result.CpuTo(Peer.Tus, peer.Peer.Key)),
    ];

    private static string[] CpuOnly(WorkloadResult result, string name, IReadOnlyList<double> secondsPerGigabyte) =>
        [
            name,
            .. Figure.All.Select(figure => Number.Text(Cpu(figure, secondsPerGigabyte.Median(), result.Body.Size))),
            "",
            "",
        ];

    private static double? Cpu(Figure figure, double secondsPerGigabyte, int size) =>
        figure == Figure.CpuPerGigabyte ? secondsPerGigabyte
        : figure == Figure.CpuPerUpload ? secondsPerGigabyte * size / 1000
        : null;

    private static string NameOf(Peer peer, Workload body) =>
        peer.Key == Peer.Nginx && !body.IsOneRequest ? $"{peer.Name} (one PUT)" : peer.Name;
}
