using System.Diagnostics;
using OrleansIngest.LoadTests.Growth.Measuring;
using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Growth.Sections;

/// <summary>
/// The cost of an upload in a job that already has many media, and the time until such a job
/// answers after a restart.
/// </summary>
internal static class LargeJob
{
    private const int Connections = 16;
    private const int Photo = 64 << 10;
    private const double CpuBound = 1.2;

    public static async Task<SectionResult> Measure(Scale scale)
    {
        await using var full = await TestServer.Start("Process");
        await using var empty = await TestServer.Start("Process");
        full.WarmUp(scale);
        empty.WarmUp(scale);
        Fill(full, scale.JobSizes);
        var cpu = Cpu(empty, full, scale);
        var activation = await Activation(full, scale);
        return new(
            [
                new("CPU us per 64 KiB upload", cpu),
                new("ms from asking to the first answer after a restart", activation),
            ],
            [
                new($"CPU per upload, {cpu[^1].Label} / empty", CpuBound, AtLeast: false, cpu[^1].To(cpu[0])),
                new(
                    $"first answer after a restart, {activation[1].Label}", 1000, AtLeast: false, activation[1].Median,
                    "ms"),
            ]);
    }

    /// <summary>
    /// Fills the jobs with the smallest bodies, because only the number of media matters.
    /// </summary>
    private static void Fill(TestServer server, int[] sizes)
    {
        using var crowd = new Crowd(server.Address, 4 * Connections);
        foreach (var size in sizes)
            Load.Run(server, crowd, size, (connection, _) => Tus.Whole(connection, Collection(size), Content.Smallest));
    }

    /// <summary>
    /// An empty job on an empty server, an empty job beside large ones, and the large ones take
    /// turns.
    /// </summary>
    private static List<Figure> Cpu(TestServer empty, TestServer full, Scale scale)
    {
        List<(string Label, TestServer Server, Func<int, string> Collection)> contenders =
        [
            ("empty job of an empty server", empty, round => $"/jobs/empty-{round}/uploads"),
            ("empty job", full, round => $"/jobs/empty-{round}/uploads"),
            .. scale.JobSizes.Select(size => (Label(size), full, (Func<int, string>)(_ => Collection(size)))),
        ];
        var rounds = Enumerable.Range(0, (2 * scale.Rounds) + 1)
            .Select(round => contenders.ConvertAll(one => Cpu(one.Server, one.Collection(round), scale)))
            .Skip(1)
            .ToList();
        return [.. contenders.Select((one, index) => new Figure(one.Label, [.. rounds.Select(round => round[index])]))];
    }

    private static double Cpu(TestServer server, string collection, Scale scale)
    {
        using var crowd = new Crowd(server.Address, Connections);
        return Load
            .Run(server, crowd, scale.Uploads / 2, (connection, _) => Tus.Whole(connection, collection, Photo))
            .CpuMicrosecondsPerUpload;
    }

    /// <summary>
    /// After each restart the method asks an empty job first, so that the code that any first
    /// upload needs is compiled. The largest job comes next, and compiles the code that large jobs
    /// need.
    /// </summary>
    private static async Task<List<Figure>> Activation(TestServer server, Scale scale)
    {
        List<int> sizes = [.. scale.JobSizes.OrderDescending()];
        string[] labels = ["empty job", .. sizes.Select(Label)];
        string[] collections = ["/jobs/empty/uploads", .. sizes.Select(Collection)];
        var rounds = new List<double[]>();
        for (var round = 0; round < scale.Rounds; round++)
        {
            await server.Restart();
            using var connection = new Connection(server.Address);
            rounds.Add([.. collections.Select(collection => Milliseconds(connection, collection))]);
        }
        return [.. labels.Select((label, index) => new Figure(label, [.. rounds.Select(round => round[index])]))];
    }

    private static double Milliseconds(Connection connection, string collection)
    {
        var begin = Stopwatch.GetTimestamp();
        Tus.Whole(connection, collection, Photo);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static string Label(int size) => $"job of {size} media";

    private static string Collection(int size) => $"/jobs/full-{size}/uploads";
}
