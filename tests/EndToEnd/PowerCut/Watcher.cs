using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>Somebody who watches a job and remembers what happened.</summary>
internal sealed class Watcher(string job)
{
    private readonly List<Fact> _seen = [];

    /// <summary>
    /// Checks that the feed still has all earlier events, and watches on until it breaks.
    /// </summary>
    public async Task Live(IngestServer server)
    {
        await HistoryMustHold(server);
        await foreach (var fact in Activity.Watch(server, job, _seen is [.., var last] ? last.Id : "0"))
            _seen.Add(fact);
    }

    /// <summary>Every seq once and in order, and each event as it was seen.</summary>
    public async Task HistoryMustHold(IngestServer server)
    {
        Assert.Equal(_seen.Select((_, i) => i + 1L), _seen.Select(fact => fact.Seq));
        Assert.Equal(_seen, await Activity.Read(server, job, _seen.Count));
    }
}
