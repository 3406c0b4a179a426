using OrleansIngest.EndToEnd.Api;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Feed;

/// <summary>Many jobs over one connection, and on one stream.</summary>
[Collection(ApiCollection.Name)]
public sealed class ManyJobsTests(ApiServer fixture)
{
    private readonly IngestServer _server = fixture.Server;

    [Fact]
    public async Task A_connection_that_watches_many_jobs_has_room_for_calls()
    {
        await using var grpc = await GrpcJs.Start(_server, watching: 300);
        var job = Fresh.Job();
        await Send(job);

        Assert.Equal(2, (await grpc.GetJob(job)).AsOf.Seq);
    }

    [Fact]
    public async Task A_stream_has_the_events_of_all_its_jobs_each_from_where_its_watcher_was()
    {
        string[] jobs = [.. Enumerable.Range(0, 150).Select(_ => Fresh.Job())];
        await Send(jobs[7]);
        await Send(jobs[7]);
        var known = (await fixture.Grpc.GetJob(jobs[7])).AsOf;

        await using var watcher = await FeedWatcher.StartMany(
            _server, jobs.Select(job => (job, job == jobs[7] ? known : null)));
        await watcher.Watches();
        foreach (var job in jobs)
            await Send(job);
        await watcher.Sees("the last event", e => e.Job == jobs[^1] && e.Seq == 2);

        Assert.All(jobs, job => Assert.Equal(
            job == jobs[7] ? [5L, 6] : [1, 2], watcher.Events.Where(e => e.Job == job).Select(e => e.Seq)));
        Assert.Equal(2 * jobs.Length, watcher.Everything.Count);
    }

    [Fact]
    public async Task Another_history_of_a_job_is_told_of_that_job_alone()
    {
        var (restored, other) = (Fresh.Job(), Fresh.Job());
        await Send(restored);
        await Send(other);
        var known = (await fixture.Grpc.GetJob(other)).AsOf;

        var gone = new Position { Seq = 2, Checksum = 7 };
        await using var watcher = await FeedWatcher.StartMany(_server, [(restored, gone), (other, known)]);
        await watcher.Sees("the restored job's last event", e => e.Job == restored && e.Seq == 2);
        await Send(other);
        await watcher.Sees("the other job's last event", e => e.Job == other && e.Seq == 4);

        Assert.Equal(
            [(restored, 0), (restored, 1), (restored, 2), (other, 3), (other, 4)],
            watcher.Everything.Select(e => (e.Job, (int)e.Seq)));
        Assert.NotNull(watcher.Everything[0].FeedReset);
    }

    [Fact]
    public async Task A_list_of_jobs_can_be_live()
    {
        var (old, young) = (Fresh.Job(), Fresh.Job());
        await Send(old);

        await using var watcher = await FeedWatcher.StartMany(_server, [], all: true);
        await watcher.Sees(
            "a job that is there", e => e.Job == old && e.JobRow is { Stored: 1, StoredBytes: 3, AsOf.Seq: 2 });
        await Send(young);
        await watcher.Sees("a job that appears", e => e.Job == young && e.JobRow.Stored == 1);
        await Upload.Create(old, Fresh.Media(), 10).Run(_server);
        await watcher.Sees("a job that changes", e => e.Job == old && e.JobRow is { Stored: 1, Open: 1, AsOf.Seq: 3 });

        Assert.Empty(watcher.Events);
    }

    [Fact]
    public async Task What_cannot_be_watched_is_refused()
    {
        await MustBeRefused("invalid-argument", [.. Enumerable.Range(0, 1001).Select(number => $"job-{number}")]);
        await MustBeRefused("invalid-argument", "roof-7", "roof-7");
        await MustBeRefused("invalid-argument");
        await MustBeRefused("invalid-key", "roof-7", "..");
    }

    private Task<HttpAnswer> Send(string job) => Upload.CreateWith(job, Fresh.Media(), [1, 2, 3], 3).Run(_server);

    private async Task MustBeRefused(string error, params string[] jobs)
    {
        await using var watcher = await FeedWatcher.StartMany(_server, jobs.Select(job => (job, (Position?)null)));
        await Eventually.Comes("end of the watcher", watcher.Ended);
        Assert.Equal((Status.InvalidArgument, error), (watcher.Failure!.Code, watcher.Failure.IngestError));
    }
}
