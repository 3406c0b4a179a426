using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>
/// Progress: never numbered, never kept, and only the newest of an upload is worth a message.
/// </summary>
public sealed class HintTests : FeedFixture
{
    [Fact]
    public async Task Of_the_hints_of_an_upload_only_the_newest_comes()
    {
        var cursor = Watch(0, progress: true);
        Hint(7, offset: 10);
        Hint(8, offset: 15);
        Hint(7, offset: 20);
        var hints = await Next(cursor);
        Assert.Equal([(7, 20), (8, 15)], hints.Select(h => (Number(h), h.Progress.Offset)).Order());
        Assert.All(hints, hint => Assert.Equal(0, hint.Seq));
        await Nothing(cursor);
    }

    [Fact]
    public async Task A_new_hint_comes_without_the_old_ones_of_other_uploads()
    {
        var cursor = Watch(0, progress: true);
        Hint(7, offset: 10);
        await Next(cursor);
        var next = cursor.Next();
        Hint(8, offset: 15);
        Assert.Equal([(8, 15)], (await Decoded(next)).Select(h => (Number(h), h.Progress.Offset)));
    }

    [Fact]
    public async Task Events_come_before_hints()
    {
        var cursor = Watch(0, progress: true);
        Hint(7, offset: 10);
        Commit();
        Assert.Equal([1], (await Next(cursor)).Select(e => e.Seq));
        Assert.Equal([7], (await Next(cursor)).Select(Number));
    }

    [Fact]
    public async Task After_its_medias_end_no_hint_comes()
    {
        var cursor = Watch(0, progress: true);
        Hint(1, offset: 10); // the first event is about media 1, the second about media 2
        Hint(2, offset: 10);
        Commit();
        await TakeTo(cursor, 1);
        Assert.Equal([2], (await Next(cursor)).Select(Number));
        await Nothing(cursor);
    }

    [Fact]
    public async Task After_an_end_that_another_writer_told_no_hint_comes_to_newcomers()
    {
        Watch(0, progress: true);
        Hint(1, offset: 10);
        CommitElsewhere();
        Reset();
        await Nothing(Watch(1, progress: true));
    }

    [Fact]
    public async Task Those_who_do_not_want_hints_get_none()
    {
        Watch(0, progress: true);
        var cursor = Watch(0);
        Hint(7, offset: 10);
        await Nothing(cursor);
    }

    [Fact]
    public async Task A_job_wants_progress_while_somebody_watches_it()
    {
        Assert.False(Feed.WantsProgress(Some.Job));
        var without = Watch(0);
        Assert.False(Feed.WantsProgress(Some.Job));
        var with = Watch(0, progress: true);
        Assert.True(Feed.WantsProgress(Some.Job));
        with.Dispose();
        Assert.False(Feed.WantsProgress(Some.Job));
        without.Dispose();
        Assert.False(Feed.WantsProgress(Some.Job));
    }

    [Fact]
    public async Task When_the_last_watcher_leaves_the_jobs_feed_is_gone_with_all_that_it_kept()
    {
        var first = Watch(0, progress: true);
        var second = Watch(0, progress: true);
        first.Dispose();
        Hint(7, offset: 10);
        second.Dispose();
        await Nothing(Watch(0, progress: true));
    }

    private static int Number(ActivityEvent e) => Some.Number(Guid.Parse(e.Media));
}
