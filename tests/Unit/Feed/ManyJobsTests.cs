using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Support;
using Position = OrleansIngest.Grains.Ports.Position;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>Many jobs on one stream: each in order, none at the cost of another.</summary>
public sealed class ManyJobsTests : FeedFixture
{
    private const string Hot = "hot";
    private const string Quiet = "quiet";

    [Fact]
    public async Task Each_jobs_events_come_in_order_whenever_they_were_committed()
    {
        var watcher = WatchMany(Hot, Quiet);
        Commit(Hot, 3);
        CommitElsewhere(Quiet, 2);
        Commit(Quiet);

        var seen = new List<ActivityEvent>();
        while (seen.Count < 6)
            seen.AddRange(await Next(watcher));

        Assert.Equal([1, 2, 3], seen.Where(e => e.Job == Hot).Select(e => e.Seq));
        Assert.Equal([1, 2, 3], seen.Where(e => e.Job == Quiet).Select(e => e.Seq));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_with_much_to_tell_does_not_keep_the_others_waiting(bool fromTheRing)
    {
        if (!fromTheRing)
            Commit(Hot, 3000);
        var watcher = WatchMany(Hot, Quiet);
        for (var turn = 0; turn < 5; turn++)
        {
            Commit(Hot, 300); // more than it gives in a turn
            Commit(Quiet);
            List<ActivityEvent> both = [.. await Next(watcher), .. await Next(watcher)];
            Assert.Equal([Hot, Quiet], both.Select(e => e.Job).Distinct().Order());
        }
    }

    [Fact]
    public async Task Another_history_of_one_job_is_told_of_that_job_alone()
    {
        Commit(Hot, 2);
        Commit(Quiet, 2);
        var watcher = Keep(Feed.Watch([(Hot, new Position(2, 7)), (Quiet, Journal.At(Quiet, 1))]));

        List<ActivityEvent> told = [.. await Next(watcher), .. await Next(watcher), .. await Next(watcher)];

        Assert.Equal(
            [(Hot, 0), (Quiet, 2), (Hot, 1), (Hot, 2)],
            told.Select(e => (e.Job, (int)e.Seq)));
        Assert.NotNull(told[0].FeedReset);
    }

    [Fact]
    public async Task A_damaged_event_is_told_once_and_ends_neither_the_stream_nor_the_other_jobs()
    {
        Commit(Hot, 3);
        Commit(Quiet);
        Journal.Damaged = (Hot, 3);
        var watcher = WatchMany(Hot, Quiet);

        List<ActivityEvent> told = [.. await Next(watcher), .. await Next(watcher), .. await Next(watcher)];
        Assert.Equal([(Hot, 1), (Hot, 2), (Quiet, 1), (Hot, 0)], told.Select(e => (e.Job, (int)e.Seq)));
        Assert.Equal(3, told[3].HistoryDamaged.Seq);

        await Nothing(watcher);
        Commit(Hot);
        Commit(Quiet);
        Assert.Equal([(Quiet, 2)], (await Next(watcher)).Select(e => (e.Job, (int)e.Seq)));
        await Nothing(watcher);
    }

    [Fact]
    public async Task A_watcher_whose_last_event_is_damaged_is_told_so()
    {
        Commit(Hot, 3);
        Journal.Damaged = (Hot, 2);
        var watcher = Keep(Feed.Watch([(Hot, Journal.At(Hot, 2))]));

        Assert.Equal(2, (await Next(watcher)).Single().HistoryDamaged.Seq);
        await Nothing(watcher);
    }

    [Fact]
    public async Task Nobody_looks_at_a_job_to_which_nothing_happens()
    {
        var jobs = Enumerable.Range(0, 100).Select(number => $"job-{number}").ToArray();
        var watcher = WatchMany(jobs);
        await Nothing(watcher);
        var reads = Journal.Reads.Count;

        Commit(jobs[50], 3);

        Assert.Equal([1, 2, 3], (await Next(watcher)).Select(e => e.Seq));
        await Nothing(watcher);
        Assert.Equal(reads, Journal.Reads.Count);
    }

    [Fact]
    public async Task Hints_are_of_the_watched_jobs_alone()
    {
        var watcher = Keep(Feed.Watch([(Some.Job, default), (Quiet, default)], progress: true));
        await Nothing(watcher);

        Hint(7, offset: 10);
        var hint = (await Next(watcher)).Single();
        Assert.Equal((Some.Job, 10), (hint.Job, hint.Progress.Offset));
        Assert.False(Feed.WantsProgress(Hot));
        await Nothing(watcher);
    }
}
