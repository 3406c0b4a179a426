using System.Text.Json;
using OrleansIngest.LoadTests.Compare.Measuring;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Compare.Reports;

/// <summary>All figures of all rounds as JSON.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_readable = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Of(IEnumerable<WorkloadResult> results, IEnumerable<Goal> goals) =>
        JsonSerializer.Serialize(new { Machine = Peers.Facts, Goals = goals, Bodies = results.Select(Of) }, s_readable);

    private static object Of(WorkloadResult result) => new
    {
        result.Body.Key,
        result.Name,
        result.Body.Size,
        result.Connections,
        Sha256SecondsPerGigabyte = result.Sha256,
        Peers = result.Peers.Select(peer => new
        {
            peer.Peer.Key,
            peer.Peer.Name,
            CpuToNginxAndSha256 = result.CpuToNginxAndSha256(peer.Peer.Key),
            Medians = Figure.All.ToDictionary(figure => figure.Name, figure => peer.Median(figure.Of)),
            Rounds = peer.Rounds.Select(
                round => Figure.All.ToDictionary(figure => figure.Name, figure => figure.Of(round))),
        }),
    };
}
