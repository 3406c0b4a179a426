using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>A job's feed as server-sent events.</summary>
internal static class Activity
{
    /// <summary>The events behind one, as they come; ends or fails when the server does.</summary>
    public static async IAsyncEnumerable<Fact> Watch(IngestServer server, string job, string after = "0")
    {
        using var response = await server.Client.GetAsync(
            $"/jobs/{job}/activity?after={after}", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        await foreach (var e in ServerSentEvents.Read(body))
            yield return new Fact(
                e.EventId ?? throw new InvalidDataException($"{e.EventType} is no event: {e.Data}"),
                e.EventType,
                e.Data);
    }

    /// <summary>The first events of a job, of which there must be so many.</summary>
    public static async Task<List<Fact>> Read(IngestServer server, string job, int count) =>
        await Eventually.Comes($"{count} events", Watch(server, job).Take(count).ToListAsync().AsTask());
}

/// <summary>An event as a watcher saw it.</summary>
internal sealed record Fact(string Id, string Type, string Data)
{
    public long Seq => long.Parse(Id.Split('-')[0]);
}
