using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Support;

using ActivityFeed = OrleansIngest.Grains.Feed.ActivityFeed;
using Position = OrleansIngest.Grains.Ports.Position;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>A feed, the journal behind it, and a job that gets events.</summary>
public abstract class FeedFixture : IDisposable
{
    /// <summary>No test waits for so long: it is when one that will never end fails.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, History> _histories = [];
    private readonly List<IDisposable> _watching = [];

    protected FeedFixture() => Feed = new ActivityFeed(Journal, Journal, Time);

    internal FakeTime Time { get; } = new();

    internal FakeJournal Journal { get; } = new();

    internal Gate Gate { get; } = new();

    internal ActivityFeed Feed { get; }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _watching.ForEach(watching => watching.Dispose());
    }

    /// <summary>Watches the job after one of its events.</summary>
    internal Watching Watch(long after, bool progress = false) => Watch(Journal.At(Some.Job, after), progress);

    internal Watching Watch(Position after, bool progress = false) =>
        Keep(new Watching(Feed.Watch([(Some.Job, after)], progress), after));

    /// <summary>Watches jobs from their beginnings.</summary>
    internal Watcher WatchMany(params string[] jobs) => Keep(Feed.Watch(jobs.Select(job => (job, default(Position)))));

    internal T Keep<T>(T watching) where T : IDisposable
    {
        _watching.Add(watching);
        return watching;
    }

    /// <summary>This process commits events.</summary>
    internal void Commit(int count = 1) => Commit(Some.Job, count);

    internal void Commit(string job, int count = 1) => Feed.Committed(CommitElsewhere(job, count));

    /// <summary>Another process commits events: nobody here hears of them.</summary>
    internal JournalAppend CommitElsewhere(int count = 1) => CommitElsewhere(Some.Job, count);

    internal JournalAppend CommitElsewhere(string job, int count = 1)
    {
        if (!_histories.TryGetValue(job, out var history))
            _histories[job] = history = new History(job);
        var append = history.Next(count);
        Assert.True(Journal.Commit(append).IsStored);
        return append;
    }

    /// <summary>The journal may have what nobody here heard of.</summary>
    internal void Reset() => Feed.Reset(Some.Job, Journal.Snapshot(Some.Job).Row);

    internal void Hint(int media, long offset) => Feed.Progress(new ActivityEvent
    {
        Job = Some.Job,
        Media = Some.Media(media).ToString(),
        Progress = new Progress { Offset = offset },
    });

    /// <summary>What comes next, which must come without anybody's help.</summary>
    internal static Task<List<ActivityEvent>> Next(Watching watching) => Decoded(watching.Next());

    internal static Task<List<ActivityEvent>> Next(Watcher watcher) => Decoded(watcher.Next(CancellationToken.None));

    internal static async Task<List<ActivityEvent>> Decoded(Task<IReadOnlyList<EncodedEvent>> next) =>
        [.. (await next.WaitAsync(Patience)).Select(Decode)];

    /// <summary>
    /// Takes events up to a seq, and checks that they are what comes after the last one taken.
    /// </summary>
    internal static async Task TakeTo(Watching watching, long seq)
    {
        while (watching.After.Seq < seq)
            await TakeSome(watching);
        Assert.Equal(seq, watching.After.Seq);
    }

    /// <summary>
    /// Takes events, and checks that they are what comes after the last one taken.
    /// </summary>
    internal static async Task TakeSome(Watching watching)
    {
        var after = watching.After.Seq;
        var events = await Next(watching);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => after + i), events.Select(e => e.Seq));
    }

    /// <summary>
    /// Checks that there is nothing to take: fifteen seconds later a heartbeat
    /// comes, and nothing before it.
    /// </summary>
    internal Task Nothing(Watching watching) => Nothing(watching.Next());

    internal Task Nothing(Watcher watcher) => Nothing(watcher.Next(CancellationToken.None));
    private async Task Nothing(Task<IReadOnlyList<EncodedEvent>> next)
    {
        Assert.False(next.IsCompleted);
        Time.Advance(Watcher.HeartbeatInterval);
        Assert.Equal([ActivityEvent.WhatOneofCase.Heartbeat], (await Decoded(next)).Select(e => e.WhatCase));
    }

    private static ActivityEvent Decode(EncodedEvent e)
    {
        var decoded = ActivityEvent.Parser.ParseFrom(e.Bytes.Span);
        Assert.Equal(e.Seq, decoded.Seq);
        return decoded;
    }
}
