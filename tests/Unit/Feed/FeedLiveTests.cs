using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>
/// Events that come at an awkward moment, from here or from elsewhere, are neither lost nor late.
/// </summary>
public sealed class FeedLiveTests : FeedFixture
{
    [Fact]
    public async Task An_event_committed_while_a_watcher_joins_is_not_lost()
    {
        Commit();
        var cursor = Watch(1);
        Journal.Reads.Next(Gate.HoldAnswer);
        var next = cursor.Next();
        Commit();
        Gate.Open();
        Assert.Equal([2], (await Decoded(next)).Select(e => e.Seq));
    }

    [Fact]
    public async Task An_event_committed_while_a_watcher_reads_the_journal_is_not_lost()
    {
        var cursor = Watch(0);
        Journal.Reads.Next(Gate.HoldAnswer);
        var next = cursor.Next();
        Commit();
        Gate.Open();
        Assert.Equal([1], (await Decoded(next)).Select(e => e.Seq));
    }

    [Fact]
    public async Task A_reset_wakes_watchers_which_then_see_what_another_writer_appended()
    {
        var cursor = Watch(0);
        Commit();
        await TakeTo(cursor, 1);
        var next = cursor.Next();
        CommitElsewhere(2);
        Assert.False(next.IsCompleted);
        Reset();
        Assert.Equal([2, 3], (await Decoded(next)).Select(e => e.Seq));
    }

    [Fact]
    public async Task A_reset_while_a_watcher_reads_the_journal_is_not_lost()
    {
        var cursor = Watch(0);
        Journal.Reads.Next(Gate.HoldAnswer);
        var next = cursor.Next();
        CommitElsewhere();
        Reset();
        Gate.Open();
        Assert.Equal([1], (await Decoded(next)).Select(e => e.Seq));
    }

    [Fact]
    public async Task What_another_writer_appended_comes_before_what_this_one_appends_next()
    {
        var cursor = Watch(0);
        Commit(2);
        await TakeTo(cursor, 2);
        CommitElsewhere(3);
        Commit();
        await TakeTo(cursor, 6);
    }

    [Fact]
    public async Task A_commit_that_is_told_late_does_not_hide_a_newer_one()
    {
        var cursor = Watch(0);
        await Nothing(cursor);
        var late = CommitElsewhere();
        Commit();
        Feed.Committed(late);
        await TakeTo(cursor, 2);
        await Nothing(cursor);
    }

    [Fact]
    public async Task A_commit_that_is_told_twice_is_seen_once()
    {
        var cursor = Watch(0);
        var append = CommitElsewhere(2);
        Feed.Committed(append);
        Feed.Committed(append);
        await TakeTo(cursor, 2);
        await Nothing(cursor);
    }

    [Fact]
    public async Task A_journal_that_fails_costs_a_watcher_nothing_but_the_error()
    {
        Commit(3);
        var cursor = Watch(0);
        Journal.Reads.Next(Trouble.FailBefore);
        await Assert.ThrowsAsync<JournalException>(() => cursor.Next());
        await TakeTo(cursor, 3);
    }

    [Fact]
    public async Task A_watcher_that_leaves_while_it_waits_stops_waiting()
    {
        using var leaving = new CancellationTokenSource();
        var cursor = Watch(0);
        var next = cursor.Next(leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(Patience));
        Commit();
        await TakeTo(cursor, 1);
    }

    [Fact]
    public async Task A_watcher_that_leaves_takes_nothing_from_the_others()
    {
        var (leaving, staying) = (Watch(0), Watch(0));
        Commit();
        leaving.Dispose();
        leaving.Dispose();
        Commit();
        await TakeTo(staying, 2);
    }
}
