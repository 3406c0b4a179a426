using OrleansIngest.Grains.Feed;
using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>
/// All jobs on a stream: what there is, then what appears or changes, and of a job only the newest.
/// </summary>
public sealed class JobListTests : FeedFixture
{
    [Fact]
    public async Task All_jobs_that_there_are_come_first()
    {
        foreach (var number in Enumerable.Range(100, 600)) // more than a page
            Commit($"job-{number}", 1);
        var watcher = WatchAll();

        Assert.Equal(Enumerable.Range(100, 600).Select(number => ($"job-{number}", 1L)), await Take(watcher, 600));
        await Nothing(watcher);
    }

    [Fact]
    public async Task A_job_that_appears_or_changes_is_told_once_in_half_a_second()
    {
        Commit("old");
        var watcher = WatchAll();
        await Take(watcher, 1);

        var next = watcher.Next(CancellationToken.None);
        Commit("old");
        Commit("new");
        Commit("old", 3);
        Assert.False(next.IsCompleted);
        Time.Advance(JobList.Pause);
        Assert.Equal([("new", 1), ("old", 5)], Rows(await Decoded(next)));

        next = watcher.Next(CancellationToken.None);
        Commit("new");
        Assert.False(next.IsCompleted);
        Time.Advance(JobList.Pause);
        Assert.Equal([("new", 2)], Rows(await Decoded(next)));
        await Nothing(watcher);
    }

    [Fact]
    public async Task A_row_says_what_the_list_of_jobs_says()
    {
        var watcher = WatchAll();
        var next = watcher.Next(CancellationToken.None);
        Commit("roof", 2);
        Time.Advance(JobList.Pause);

        var row = (await Decoded(next)).Single().JobRow;

        Assert.Equal((await Journal.List("", 1))[0].ToProto(), row);
        Assert.Equal((2L, 2L, Journal.At("roof", 2).Checksum), (row.Deleted, row.AsOf.Seq, row.AsOf.Checksum));
    }

    [Fact]
    public async Task A_row_that_is_told_late_does_not_replace_a_newer_one()
    {
        var watcher = WatchAll();
        await Nothing(watcher);
        var late = CommitElsewhere("roof");
        Commit("roof");
        Feed.Committed(late);
        Time.Advance(JobList.Pause);
        Assert.Equal([("roof", 2)], Rows(await Next(watcher)));
    }

    [Fact]
    public async Task What_another_writer_did_is_told_when_the_job_is_loaded_again()
    {
        var watcher = WatchAll();
        await Nothing(watcher);
        CommitElsewhere(4);
        Reset();
        Time.Advance(JobList.Pause);
        Assert.Equal([(Some.Job, 4)], Rows(await Next(watcher)));
    }

    [Fact]
    public async Task A_watcher_that_is_too_slow_gets_the_list_again()
    {
        var watcher = WatchAll();
        await Nothing(watcher);
        const int jobs = JobList.MaxKept + 10;
        for (var number = 0; number < jobs; number++)
            Commit($"job-{number:00000}");
        Time.Advance(JobList.Pause);

        var expected = Enumerable.Range(0, jobs).Select(number => ($"job-{number:00000}", 1L));
        Assert.Equal(expected, await Take(watcher, jobs));
        Commit("job-00007");
        Time.Advance(JobList.Pause);
        Assert.Equal([("job-00007", 2)], Rows(await Next(watcher)));
    }

    [Fact]
    public async Task Watched_jobs_and_all_jobs_go_together()
    {
        var watcher = Keep(Feed.Watch([("roof", default)], all: true));
        Commit("roof");
        Commit("cellar");
        Time.Advance(JobList.Pause);

        List<ActivityEvent> told = [.. await Next(watcher), .. await Next(watcher)];

        Assert.Equal([("roof", 1L)], told.Where(e => e.Seq > 0).Select(e => (e.Job, e.Seq)));
        Assert.Equal([("cellar", 1), ("roof", 1)], Rows(told.Where(e => e.JobRow is not null)).Order());
    }

    private Watcher WatchAll() => Keep(Feed.Watch([], all: true));

    private static async Task<List<(string Job, long Head)>> Take(Watcher watcher, int count)
    {
        var rows = new List<(string, long)>();
        while (rows.Count < count)
            rows.AddRange(Rows(await Next(watcher)));
        return rows;
    }

    private static IEnumerable<(string Job, long Head)> Rows(IEnumerable<ActivityEvent> told)
    {
        Assert.All(told, e => Assert.Equal((e.JobRow.Job, 0), (e.Job, e.Seq)));
        return told.Select(e => (e.JobRow.Job, e.JobRow.AsOf.Seq));
    }
}
