using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.MainJob;

/// <summary>
/// Three people who watch the job: one from the start, one who is slow, one who comes late.
/// </summary>
internal sealed class Dashboards : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly IngestServer _server;
    private readonly int _until;
    private FeedWatcher? _late;

    private Dashboards(IngestServer server, int until, FeedWatcher normal, FeedWatcher slow) =>
        (_server, _until, Normal, Slow) = (server, until, normal, slow);

    public FeedWatcher Normal { get; }

    public FeedWatcher Slow { get; }

    public IEnumerable<FeedWatcher> All => [Normal, Slow, _late!];

    /// <summary>Two of them watch before anything happens.</summary>
    public static async Task<Dashboards> Open(IngestServer server, int until)
    {
        var normal = await FeedWatcher.Start(server, FieldWork.Job, until: until);
        var slow = await FeedWatcher.Start(server, FieldWork.Job, slow: true, until: until);
        await normal.Watches();
        await slow.Watches();
        return new Dashboards(server, until, normal, slow);
    }

    public async Task JoinLate() => _late = await FeedWatcher.Start(_server, FieldWork.Job, until: _until);

    /// <summary>
    /// The slow watcher takes one event for every two of the normal watcher, until
    /// the latter has seen everything.
    /// </summary>
    public async Task Dawdle()
    {
        for (var taken = 1; !Normal.Ended.IsCompleted; taken++)
        {
            await Eventually.True("the job went on", () =>
                Normal.Events.Count >= 2 * taken || Normal.Ended.IsCompleted);
            await Slow.Next();
        }
        await Slow.Hurry();
    }

    /// <summary>Waits until all of them have seen the end of every media.</summary>
    public async Task HaveSeenEverything()
    {
        foreach (var watcher in All)
            await Eventually.Comes("end of a watcher", watcher.Ended, s_patience);
    }

    /// <summary>Every seq once and in order, for each of them the same.</summary>
    public void MustAgree(long head)
    {
        foreach (var watcher in All)
        {
            Assert.Null(watcher.Failure);
            Assert.Equal(Enumerable.Range(1, (int)head).Select(seq => (long)seq), watcher.Events.Select(e => e.Seq));
            Assert.Equal<ActivityEvent>(Normal.Events, watcher.Events);
        }
        Assert.All([Normal, Slow], watcher => Assert.True(watcher.Streams >= 2, "The kill was to break the stream."));
    }

    public async ValueTask DisposeAsync()
    {
        await Normal.DisposeAsync();
        await Slow.DisposeAsync();
        if (_late is not null)
            await _late.DisposeAsync();
    }
}
