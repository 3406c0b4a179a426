using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Support;
using ActivityFeed = OrleansIngest.Grains.Feed.ActivityFeed;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>A feed, the journal behind it, and a job that gets events.</summary>
public abstract class FeedFixture : IDisposable
{
    /// <summary>No test waits for so long: it is when one that will never end fails.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly History _history = new();
    private readonly List<FeedCursor> _cursors = [];

    protected FeedFixture() => Feed = new ActivityFeed(Journal, Time);

    internal FakeTime Time { get; } = new();

    internal FakeJournal Journal { get; } = new();

    internal Gate Gate { get; } = new();

    internal ActivityFeed Feed { get; }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _cursors.ForEach(cursor => cursor.Dispose());
    }

    internal async Task<FeedCursor> Watch(long after, bool progress = false)
    {
        var cursor = await Feed.Watch(Some.Job, after, progress).WaitAsync(Patience);
        _cursors.Add(cursor);
        return cursor;
    }

    /// <summary>This process commits events.</summary>
    internal void Commit(int count = 1) => Feed.Committed(Some.Job, CommitElsewhere(count));

    /// <summary>Another process commits events: nobody here hears of them.</summary>
    internal IReadOnlyList<JournalRow> CommitElsewhere(int count = 1)
    {
        var append = _history.Next(count);
        Assert.True(Journal.Commit(append));
        return append.Rows;
    }

    internal void Hint(int media, long offset) => Feed.Progress(Some.Job, Some.Media(media), new ActivityEvent
    {
        Job = Some.Job,
        Media = Some.Media(media).ToString(),
        Progress = new Progress { Offset = offset },
    });

    /// <summary>What comes next, which must come without anybody's help.</summary>
    internal static async Task<List<ActivityEvent>> Next(FeedCursor cursor) => await Decoded(cursor.Next(CancellationToken.None));

    internal static async Task<List<ActivityEvent>> Decoded(Task<IReadOnlyList<EncodedEvent>> next) =>
        [.. (await next.WaitAsync(Patience)).Select(Decode)];

    /// <summary>Takes events up to a seq, and checks that they are what comes after the last one taken.</summary>
    internal static async Task TakeTo(FeedCursor cursor, long seq)
    {
        while (cursor.After < seq)
            await TakeSome(cursor);
        Assert.Equal(seq, cursor.After);
    }

    /// <summary>Takes events, and checks that they are what comes after the last one taken.</summary>
    internal static async Task TakeSome(FeedCursor cursor)
    {
        var after = cursor.After;
        var events = await Next(cursor);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => after + i), events.Select(e => e.Seq));
        Assert.Equal(events[^1].Seq, cursor.After);
    }

    /// <summary>Checks that there is nothing to take: fifteen seconds later a heartbeat comes, and nothing before it.</summary>
    internal async Task Nothing(FeedCursor cursor)
    {
        var next = cursor.Next(CancellationToken.None);
        Assert.False(next.IsCompleted);
        Time.Advance(FeedCursor.HeartbeatInterval);
        Assert.Equal([ActivityEvent.WhatOneofCase.Heartbeat], (await Decoded(next)).Select(e => e.WhatCase));
    }

    private static ActivityEvent Decode(EncodedEvent e)
    {
        var decoded = ActivityEvent.Parser.ParseFrom(e.Bytes.Span);
        Assert.Equal((e.Seq, Some.Job), (decoded.Seq, decoded.Job));
        return decoded;
    }
}
