using OrleansIngest.LoadTests.Growth.Measuring;
using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Growth.Sections;

/// <summary>The allocations for each upload, and for each byte.</summary>
internal static class Allocations
{
    private const int Small = 64 << 10;
    private const int Chunk = Content.Largest;
    private const int Large = 8 * Chunk;
    private const int Read = 64 << 10; // the block that the server receives into
    private const double SmallestObject = 24;
    // A job of a thousand media has a table that is a large object; that is no cost of an upload.
    private const int InJob = 500;

    public static async Task<SectionResult> Measure(Scale scale)
    {
        await using var server = await TestServer.Start("Disk");
        server.WarmUp(scale);
        using var crowd = new Crowd(server.Address, 16);
        var (posts, large) = OfPosts(server, crowd, scale);
        using var connection = new Connection(server.Address);
        var patches = Enumerable.Range(0, scale.Rounds + 1).Select(_ => OfPatches(server, connection)).Skip(1).ToList();
        var perRead = new Figure(
            "64 KiB more in a PATCH", [.. patches.Select(round => (round.Twice - round.Once) / (Large / Read))]);
        return new(
            [
                new("KB allocated", [posts, new("8 MiB PATCH", [.. patches.Select(round => round.Chunk / 1e3)])]),
                new("B allocated on the large object heap", [large]),
                new("B allocated", [perRead]),
            ],
            [
                new("allocated per 64 KiB upload", 12, AtLeast: false, posts.Median, "KB"),
                new("of it on the large object heap", 0, AtLeast: false, large.Median, "B"),
                new(
                    "allocated per 64 KiB more in a PATCH: less than an object", SmallestObject, AtLeast: false,
                    perRead.Median, "B"),
            ]);
    }

    private static (Figure All, Figure Large) OfPosts(TestServer server, Crowd crowd, Scale scale)
    {
        var (all, large) = (new List<double>(), new List<double>());
        for (var round = 0; round < scale.Rounds; round++)
        {
            var (job, number) = (round, 0);
            var before = server.Settle();
            Load.Run(
                server, crowd, scale.Uploads,
                (connection, _) => Tus.Whole(
                    connection, $"/jobs/site-{job}-{Interlocked.Increment(ref number) / InJob}/uploads", Small));
            var after = server.Heap;
            all.Add((after.Allocated - before.Allocated) / 1e3 / scale.Uploads);
            large.Add((double)(server.Settle().LargeBefore - before.LargeAfter) / scale.Uploads);
        }
        return (new("64 KiB upload", all), new("64 KiB upload", large));
    }

    /// <summary>
    /// The allocations for a large PATCH, for one of twice its length, and for each of many smaller
    /// ones.
    /// </summary>
    private static (double Once, double Twice, double Chunk) OfPatches(TestServer server, Connection connection) =>
        (
            OfPatches(server, connection, Large, Large),
            OfPatches(server, connection, 2 * Large, 2 * Large),
            OfPatches(server, connection, Large, Chunk) / (Large / Chunk));

    private static double OfPatches(TestServer server, Connection connection, int size, int chunk)
    {
        var location = Tus.Create(connection, "/jobs/site-0/uploads", size);
        var before = server.Heap;
        for (var offset = 0; offset < size; offset += chunk)
            Tus.Patch(connection, location, offset, [.. Parts(offset, chunk)]);
        return server.Heap.Allocated - before.Allocated;
    }

    private static IEnumerable<ArraySegment<byte>> Parts(int offset, int length) =>
        Enumerable.Range(0, length / Chunk)
            .SelectMany(part => offset + part == 0 ? Content.First(Chunk) : Content.Next(Chunk));
}
