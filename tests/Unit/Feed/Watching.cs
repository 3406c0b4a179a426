using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>A watcher of one job, which remembers what it has.</summary>
internal sealed class Watching(Watcher watcher, Position after) : IDisposable
{
    /// <summary>The last event taken.</summary>
    public Position After { get; private set; } = after;

    public async Task<IReadOnlyList<EncodedEvent>> Next(CancellationToken cancellation = default)
    {
        var messages = await watcher.Next(cancellation);
        if (messages[^1].Seq > 0)
            After = messages[^1].At;
        return messages;
    }

    /// <summary>What it has is of another history.</summary>
    public void Forget() => After = default;

    public void Dispose() => watcher.Dispose();
}
