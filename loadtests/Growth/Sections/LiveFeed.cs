using OrleansIngest.LoadTests.Growth.Feed;
using OrleansIngest.LoadTests.Growth.Measuring;

namespace OrleansIngest.LoadTests.Growth.Sections;

/// <summary>
/// The delay between a decision and its watchers: at growing rates until a watcher is too late, and
/// with one watcher that does not read.
/// </summary>
internal static class LiveFeed
{
    private static readonly TimeSpan s_bound = TimeSpan.FromMilliseconds(50);

    private sealed record Series(string Label, IReadOnlyList<FeedRound> Rounds);

    public static async Task<SectionResult> Measure(Scale scale)
    {
        await using var server = await TestServer.Start("Process");
        server.WarmUp(scale);
        await FeedRound.Run(server, scale, scale.FeedRates[0]);
        var (alone, stalled) = await WithOneStalled(server, scale);
        var disk = await OnDisk(scale);
        var rates = await UntilItBreaks(server, scale, clients: 1);
        var apart = await UntilItBreaks(server, scale, clients: scale.Watchers);
        var first = $"{scale.FeedRates[0]} uploads/s, {scale.Watchers} watchers";
        return new(
            [
                new("p99 ms from decision to watcher", [P99(alone), P99(stalled), P99(disk)]),
                new("p50 ms from decision to watcher", [P50(alone), P50(stalled), P50(disk)]),
                .. Charts("one client", rates),
                .. Charts("a client each", apart),
            ],
            [
                new($"feed p99, {first}", s_bound.TotalMilliseconds, AtLeast: false, P99(alone).Median, "ms"),
                new(
                    "the same with one more that takes nothing", s_bound.TotalMilliseconds, AtLeast: false,
                    P99(stalled).Median, "ms"),
                new("feed p50 with / without it", 1.2, AtLeast: false, P50(stalled).To(P50(alone))),
            ]);
    }

    /// <summary>Rounds without and with the stalled watcher take turns.</summary>
    private static async Task<(Series Alone, Series Stalled)> WithOneStalled(TestServer server, Scale scale)
    {
        var (alone, stalled) = (new List<FeedRound>(), new List<FeedRound>());
        for (var round = 0; round < scale.Rounds; round++)
        {
            alone.Add(await FeedRound.Run(server, scale, scale.FeedRates[0]));
            stalled.Add(await FeedRound.Run(server, scale, scale.FeedRates[0], stalled: 1));
        }
        return (new($"{scale.FeedRates[0]}/s", alone), new($"{scale.FeedRates[0]}/s, one stalled", stalled));
    }

    private static async Task<Series> OnDisk(Scale scale)
    {
        await using var server = await TestServer.Start("Disk");
        server.WarmUp(scale);
        await FeedRound.Run(server, scale, scale.FeedRates[0]);
        return new($"{scale.FeedRates[0]}/s, Disk", [await FeedRound.Run(server, scale, scale.FeedRates[0])]);
    }

    private static Figure P50(Series series) =>
        new(series.Label, [.. series.Rounds.Select(round => round.P50.TotalMilliseconds)]);

    private static Figure P99(Series series) =>
        new(series.Label, [.. series.Rounds.Select(round => round.P99.TotalMilliseconds)]);

    private static async Task<List<(int Rate, FeedRound Round)>> UntilItBreaks(
        TestServer server, Scale scale, int clients)
    {
        var rounds = new List<(int, FeedRound)>();
        foreach (var rate in scale.FeedRates)
        {
            var round = await FeedRound.Run(server, scale, rate, clients: clients);
            rounds.Add((rate, round));
            if (round.P99 > s_bound || !round.IsDelivered)
                break;
        }
        return rounds;
    }

    private static IEnumerable<Chart> Charts(string watchers, List<(int Rate, FeedRound Round)> rounds) =>
    [
        new($"{watchers}, p99 ms", Figures(rounds, round => round.P99.TotalMilliseconds)),
        new($"{watchers}, p50 ms", Figures(rounds, round => round.P50.TotalMilliseconds)),
        new($"{watchers}, uploads/s done", Figures(rounds, round => round.Load.UploadsPerSecond)),
        new($"{watchers}, server busy %", Figures(rounds, round => round.Load.ServerBusy * 100)),
        new($"{watchers}, client busy %", Figures(rounds, round => round.Load.ClientBusy * 100)),
    ];

    private static List<Figure> Figures(List<(int Rate, FeedRound Round)> rounds, Func<FeedRound, double> figure) =>
        rounds.ConvertAll(
            one => new Figure(one.Round.IsDelivered ? $"{one.Rate}/s" : $"{one.Rate}/s, behind", figure(one.Round)));
}
