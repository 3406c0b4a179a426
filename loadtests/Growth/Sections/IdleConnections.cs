using OrleansIngest.LoadTests.Growth.Feed;
using OrleansIngest.LoadTests.Growth.Measuring;
using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Growth.Sections;

/// <summary>Memory for idle connections and watchers.</summary>
internal static class IdleConnections
{
    public static async Task<SectionResult> Measure(Scale scale)
    {
        await using var server = await TestServer.Start("Process");
        server.WarmUp(scale);
        using (await Watchers.Join(server, "nothing-happens", after: null, scale.Connections[0] / 10))
        {
        }
        var connections = OfConnections(server, scale.Connections);
        var watchers = await OfWatchers(server, scale.Connections[0]);
        return new(
            [new("KB of memory", [.. connections, watchers])],
            [
                new(
                    $"memory per idle connection, at {scale.Connections[0]}", 40, AtLeast: false, connections[0].Median,
                    "KB"),
            ]);
    }

    /// <summary>
    /// The memory per connection beyond the number before, for each number of connections.
    /// </summary>
    private static List<Figure> OfConnections(TestServer server, int[] counts)
    {
        var figures = new List<Figure>();
        var crowds = new Stack<Crowd>();
        var (before, open) = (server.Memory(), 0);
        foreach (var count in counts)
        {
            crowds.Push(new(server.Address, count - open));
            crowds.Peek().Do(connection => connection.Ask("GET /readyz", []).Must(200));
            var now = server.Memory();
            figures.Add(new($"idle connection, from {open} to {count}", (now - before) / 1e3 / (count - open)));
            (before, open) = (now, count);
        }
        foreach (var crowd in crowds)
            crowd.Dispose();
        return figures;
    }

    private static async Task<Figure> OfWatchers(TestServer server, int count)
    {
        var before = server.Memory();
        using var watchers = await Watchers.Join(server, "nothing-happens", after: null, count);
        return new($"idle gRPC watcher, from 0 to {count}", (server.Memory() - before) / 1e3 / count);
    }
}
