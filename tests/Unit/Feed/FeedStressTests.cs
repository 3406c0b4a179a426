using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>Real threads: watchers run while events come from here and from elsewhere.</summary>
public sealed class FeedStressTests : FeedFixture
{
    private const int Watchers = 8;

    [Fact]
    public async Task Every_watcher_gets_every_event_once_and_in_order_while_they_come()
    {
        const int events = 12_000;
        var random = new Random(20261121);
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watching = Enumerable.Range(0, Watchers).Select(i => Task.Run(async () =>
        {
            if (i % 2 == 1)
                await half.Task; // these join late, in the midst of it
            using var cursor = new Watching(Feed.Watch([(Some.Job, default)], progress: i % 3 == 0), default);
            await TakeTo(cursor, events);
        })).ToList();
        await Task.Run(() =>
        {
            for (var head = 0; head < events;)
            {
                var count = Math.Min(random.Next(1, 60), events - head);
                head += count;
                CommitSomewhere(random, count);
                if (head > events / 2)
                    half.TrySetResult();
            }
        });
        await Task.WhenAll(watching).WaitAsync(Patience);
    }

    [Fact]
    public async Task No_event_needs_another_one_to_be_noticed()
    {
        var random = new Random(20261121);
        var cursors = new List<Watching>();
        for (var i = 0; i < Watchers; i++)
            cursors.Add(Watch(0));
        for (var seq = 1; seq <= 1000; seq++)
        {
            var taken = cursors.ConvertAll(cursor => Task.Run(() => TakeTo(cursor, seq)));
            CommitSomewhere(random, 1);
            await Task.WhenAll(taken).WaitAsync(Patience);
        }
    }

    [Fact]
    public async Task Watchers_come_and_go_while_events_come()
    {
        const int visits = 200;
        using var end = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                Commit();
                Thread.Yield();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, Watchers).Select(_ => Task.Run(() => Visit(visits))))
            .WaitAsync(Patience);
        await end.CancelAsync();
        await writing.WaitAsync(Patience);
        Assert.False(Feed.WantsProgress(Some.Job));
    }

    private async Task Visit(int times)
    {
        var seen = default(Position);
        for (var visit = 0; visit < times; visit++)
        {
            using var cursor = new Watching(Feed.Watch([(Some.Job, seen)], progress: true), seen);
            await TakeSome(cursor);
            seen = cursor.After;
        }
    }

    private void CommitSomewhere(Random random, int count)
    {
        if (random.Next(3) > 0)
        {
            Commit(count);
            return;
        }
        CommitElsewhere(count);
        Reset();
    }
}
