using OrleansIngest.LoadTests.Growth.Measuring;
using OrleansIngest.LoadTests.Support.Client;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Growth.Sections;

/// <summary>The same load on one job and on many, and from one device and from many.</summary>
internal static class HotJob
{
    private const int Connections = 64;
    private const int Photo = 64 << 10;
    private const int ManyJobs = 100;
    private const int Times = 4; // long enough for several checkpoints of the journal

    private static readonly (string Label, int Jobs, int Devices)[] s_loads =
    [
        ("100 jobs, 100 devices", ManyJobs, 100),
        ("1 job, 100 devices", 1, 100),
        ("100 jobs, 1 device", ManyJobs, 1),
        ("100 jobs, 1000 devices", ManyJobs, 1000),
    ];

    public static async Task<SectionResult> Measure(Scale scale)
    {
        var disk = await Measure("Disk", scale);
        var process = await Measure("Process", scale);
        return new(
            [.. Charts("Disk", disk), .. Charts("Process", process)],
            [Goal("Disk", disk), Goal("Process", process)]);
    }

    private static Goal Goal(string durability, List<List<Load>> loads) => new(
        $"{durability}: uploads/s into one job / into {ManyJobs}", 0.9, AtLeast: true,
        Figure(loads[1], "", load => load.UploadsPerSecond).To(Figure(loads[0], "", load => load.UploadsPerSecond)));

    private static IEnumerable<Chart> Charts(string durability, List<List<Load>> loads) =>
    [
        new($"uploads/s, {durability}", Figures(loads, load => load.UploadsPerSecond)),
        new($"CPU us per upload, {durability}", Figures(loads, load => load.CpuMicrosecondsPerUpload)),
        new($"server busy %, {durability}", Figures(loads, load => load.ServerBusy * 100)),
    ];

    private static List<Figure> Figures(List<List<Load>> loads, Func<Load, double> figure) =>
        [.. s_loads.Zip(loads, (load, rounds) => Figure(rounds, load.Label, figure))];

    private static Figure Figure(List<Load> rounds, string label, Func<Load, double> figure) =>
        new(label, [.. rounds.Select(figure)]);

    private static async Task<List<List<Load>>> Measure(string durability, Scale scale)
    {
        await using var server = await TestServer.Start(durability);
        server.WarmUp(scale);
        using var crowd = new Crowd(server.Address, Connections);
        var rounds = Enumerable.Range(0, scale.Rounds + 1)
            .Select(round => Round(server, crowd, round, scale))
            .Skip(1)
            .ToList();
        return [.. s_loads.Select((_, index) => rounds.ConvertAll(round => round[index]))];
    }

    /// <summary>
    /// Each round begins with another load. Otherwise periodic work of the server would always meet
    /// the same load.
    /// </summary>
    private static Load[] Round(TestServer server, Crowd crowd, int round, Scale scale)
    {
        var results = new Load[s_loads.Length];
        for (var turn = 0; turn < s_loads.Length; turn++)
        {
            var index = (round + turn) % s_loads.Length;
            results[index] = Run(server, crowd, s_loads[index].Jobs, s_loads[index].Devices, scale);
        }
        return results;
    }

    private static Load Run(TestServer server, Crowd crowd, int jobs, int devices, Scale scale) => Load.Run(
        server, crowd, Times * scale.Uploads,
        (connection, number) =>
            Tus.Whole(connection, $"/jobs/site-{jobs}-{number % jobs}/uploads", Photo, $"phone-{number % devices}"));
}
