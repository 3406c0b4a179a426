using OrleansIngest.LoadTests.Compare.Measuring;
using OrleansIngest.LoadTests.Compare.Servers;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Compare.Reports;

/// <summary>The report as an HTML page.</summary>
internal static class HtmlReport
{
    private const string Explanation = """
        The same lean client uploads the same bytes to each server in turn, round after round. A bar is the median of
        the rounds, a thin line goes from the least to the most. CPU is user and system time of all processes of the
        server, on one core.
        """;

    public static string Of(IEnumerable<WorkloadResult> results, IEnumerable<Goal> goals) =>
        HtmlPage.Of("What an upload costs", Explanation, Peers.Facts, goals, results.Select(Section));

    private static string Section(WorkloadResult result) => HtmlPage.Section(
        result.Name,
        [
            Chart(result, Figure.CpuPerUpload, SumOfCpu(result)),
            Chart(result, Figure.Uploads),
            Chart(result, Figure.P50),
            Chart(result, Figure.P99),
            Chart(result, Figure.PeakMemory),
        ],
        FigureTable.Of(result));

    private static string Chart(WorkloadResult result, Figure figure, params IEnumerable<Bar> more) =>
        BarChart.Svg(
            figure.Name,
            [
                .. result.Peers.Select(
                    peer => new Bar(peer.Peer.Name, [.. peer.Rounds.Select(figure.Of)], StyleOf(peer.Peer))),
                .. more,
            ]);

    private static IEnumerable<Bar> SumOfCpu(WorkloadResult result) => result.NginxAndSha256 is { } both
        ? [new("nginx + SHA-256", [.. both.Select(seconds => seconds * result.Body.Size / 1000)], "sum")]
        : [];

    private static string StyleOf(Peer peer) => peer.Key is Peer.OursDisk or Peer.OursProcess ? "ours" : "theirs";
}
