using OrleansIngest.LoadTests.Growth.Measuring;
using OrleansIngest.LoadTests.Support.Client;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Growth.Sections;

/// <summary>Memory for uploads that have come half-way and pause.</summary>
internal static class ActiveUploads
{
    private const int Whole = 1_000_000;
    private const int Large = 10_000_000;
    private const int Largest = 1_000_000_000;
    private const string Collection = "/jobs/site-1/uploads";

    public static async Task<SectionResult> Measure(Scale scale)
    {
        var whole = await Measure(
            scale, "1 MB in its POST", connection => Tus.BeginWhole(connection, Collection, Whole, Whole / 2));
        var large = await Measure(scale, "10 MB in a PATCH", connection => BeginPatch(connection, Large));
        var largest = await Measure(scale, "1 GB in a PATCH", connection => BeginPatch(connection, Largest));
        return new(
            [
                new("KB of memory per paused upload", [whole.Paused, large.Paused, largest.Paused]),
                new("KB of memory per upload, peak while all send", [whole.Peak, large.Peak, largest.Peak]),
            ],
            [
                Goal(scale, whole.Paused),
                Goal(scale, large.Paused),
                Goal(scale, largest.Paused),
                new("memory per upload of 1 GB / of 10 MB", 1.1, AtLeast: false, largest.Paused.To(large.Paused)),
            ]);
    }

    private static Goal Goal(Scale scale, Figure paused) =>
        new($"memory per upload of {paused.Label}, at {scale.ActiveUploads}", 200, AtLeast: false, paused.Median, "KB");

    private static async Task<(Figure Paused, Figure Peak)> Measure(Scale scale, string label, Action<Connection> begin)
    {
        await using var server = await TestServer.Start("Process", "BodySilence=00:10:00");
        server.WarmUp(scale);
        var before = server.Memory();
        server.ForgetPeak();
        using var crowd = new Crowd(server.Address, scale.ActiveUploads);
        crowd.Do(connection =>
        {
            begin(connection);
            return true;
        });
        var (after, peak) = (server.Memory(), server.Usage.Peak);
        return (new(label, PerUpload(after)), new(label, PerUpload(peak)));

        double PerUpload(long memory) => (memory - before) / 1e3 / scale.ActiveUploads;
    }

    private static void BeginPatch(Connection connection, int size) =>
        Tus.BeginPatch(connection, Tus.Create(connection, Collection, size), size, Content.First(Large / 2));
}
