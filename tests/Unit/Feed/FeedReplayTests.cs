using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Support;
using Position = OrleansIngest.Grains.Ports.Position;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>
/// From any point in the past, every event in order, without a gap and without a repeat.
/// </summary>
public sealed class FeedReplayTests : FeedFixture
{
    private const int RingSize = 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(299)]
    [InlineData(600)]
    public async Task A_watcher_gets_what_comes_after_the_event_it_names_and_then_what_is_new(long after)
    {
        Commit(600);
        var cursor = Watch(after);
        await TakeTo(cursor, 600);
        Commit(3);
        await TakeTo(cursor, 603);
        await Nothing(cursor);
    }

    [Fact]
    public async Task A_watcher_of_a_job_that_does_not_exist_yet_waits_for_its_first_event()
    {
        var next = Watch(0).Next();
        Assert.False(next.IsCompleted);
        Commit();
        Assert.Equal([1], (await Decoded(next)).Select(e => e.Seq));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 6)]
    [InlineData(5, long.MaxValue)]
    public async Task A_watcher_that_has_an_event_which_the_job_does_not_have_begins_anew(int events, long after)
    {
        if (events > 0)
            Commit(events);
        await MustBeginAnew(new Position(after, 7), events);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_watcher_that_has_another_event_with_that_number_begins_anew(bool ringKnows)
    {
        var other = new History(Some.Job, "phone-2").Next(3);
        Commit(2);
        if (ringKnows)
            await TakeTo(Watch(0), 2);
        Commit(4); // the job has grown past what the watcher has
        await MustBeginAnew(other.Rows[^1].Event.At, 6);
    }

    [Fact]
    public async Task A_slow_watcher_far_behind_the_ring_goes_on_from_the_journal()
    {
        var cursor = Watch(0);
        Commit(10);
        await TakeTo(cursor, 10);
        for (var i = 0; i < 30; i++)
            Commit(100);
        await TakeTo(cursor, 3010);
        Commit(RingSize + 1);
        await TakeTo(cursor, 3010 + RingSize + 1);
        await Nothing(cursor);
    }

    [Theory]
    [InlineData(RingSize, false)]
    [InlineData(RingSize + 1, true)]
    public async Task A_watcher_a_little_behind_does_not_need_the_journal(int behind, bool needsIt)
    {
        await Nothing(Watch(0)); // from here on the ring knows
        Commit(3000);
        var reads = Journal.Reads.Count;
        await TakeTo(Watch(3000 - behind), 3000);
        Assert.Equal(needsIt, Journal.Reads.Count > reads + 1); // one looks for the event that the watcher has
    }

    [Fact]
    public async Task A_watcher_that_joins_late_gets_the_same_bytes_as_one_that_was_there()
    {
        var early = Watch(0);
        Commit(50);
        var live = await early.Next();
        Commit(2000);
        var late = await Watch(0).Next();
        Assert.Equal(
            live.Select(e => Convert.ToHexString(e.Bytes.Span)),
            late.Take(50).Select(e => Convert.ToHexString(e.Bytes.Span)));
    }

    [Fact]
    public async Task A_watcher_that_returns_goes_on_where_it_was()
    {
        Commit(5);
        var first = Watch(0);
        await TakeTo(first, 5);
        first.Dispose();
        Commit(5);
        await TakeTo(Watch(first.After), 10);
    }

    [Fact]
    public async Task Watchers_of_another_job_hear_nothing()
    {
        using var other = Feed.Watch([("another-job", default)], progress: true);
        Commit(5);
        Hint(7, 10);
        var next = other.Next(CancellationToken.None);
        Assert.False(next.IsCompleted);
    }

    private async Task MustBeginAnew(Position after, long head)
    {
        var watching = Watch(after);
        var told = (await Next(watching)).Single();
        Assert.Equal((Some.Job, ActivityEvent.WhatOneofCase.FeedReset, 0), (told.Job, told.WhatCase, told.Seq));
        watching.Forget();
        await TakeTo(watching, head);
        await Nothing(watching);
    }
}
