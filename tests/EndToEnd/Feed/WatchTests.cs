using OrleansIngest.EndToEnd.Api;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Feed;

[Collection(ApiCollection.Name)]
public sealed class WatchTests(ApiServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task It_goes_on_from_any_point_of_the_past()
    {
        await Send(4);
        await using var first = await FeedWatcher.Start(_server, _job);
        await first.Sees("the last event", e => e.Seq == 8);

        await using var watcher = await FeedWatcher.Start(_server, _job, FeedWatcher.PositionOf(first.Events[4]));
        await watcher.Sees("the last event", e => e.Seq == 8);
        await Send(1);
        await watcher.Sees("the newest event", e => e.Seq == 10);

        Assert.Equal([6, 7, 8, 9, 10], watcher.Events.Select(e => e.Seq));
    }

    [Fact]
    public async Task It_waits_for_a_job_that_does_not_exist_yet()
    {
        await using var watcher = await FeedWatcher.Start(_server, _job);
        await watcher.Watches();

        await Send(1);

        await watcher.Sees("the job's first event", e => e.Seq == 1 && e.Job == _job);
    }

    [Fact]
    public async Task What_a_job_is_as_of_is_where_to_watch_it_from()
    {
        await Send(2);
        var asOf = (await fixture.Grpc.GetJob(_job)).AsOf;
        Assert.Equal(asOf, (await fixture.Grpc.ListMedia(new ListMediaRequest { Job = _job })).AsOf);
        await Send(1);

        await using var watcher = await FeedWatcher.Start(_server, _job, asOf);
        await watcher.Sees("the newest event", e => e.Seq == 6);

        Assert.Equal([5, 6], watcher.Everything.Select(e => e.Seq));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    public async Task A_watcher_that_remembers_another_history_is_told_so_and_begins_anew(long seq)
    {
        await Send(1);

        await using var watcher = await FeedWatcher.Start(_server, _job, new Position { Seq = seq, Checksum = 7 });
        await watcher.Sees("the last event", e => e.Seq == 2);

        Assert.Equal((_job, 0), (watcher.Everything[0].Job, watcher.Everything[0].Seq));
        Assert.NotNull(watcher.Everything[0].FeedReset);
        Assert.Equal([1, 2], watcher.Events.Select(e => e.Seq));
        Assert.Equal(3, watcher.Everything.Count);
    }

    [Theory]
    [InlineData("..", 0, "invalid-key")]
    [InlineData("", 0, "invalid-key")]
    [InlineData("roof-7", -1, "invalid-argument")]
    public async Task A_watch_that_cannot_be_meant_is_refused(string job, long after, string error)
    {
        var failure = await Fails(job, after);

        Assert.Equal((Status.InvalidArgument, error), (failure.Code, failure.IngestError));
    }

    [Fact]
    public async Task A_watcher_that_takes_nothing_holds_nobody_up()
    {
        await using var slow = await FeedWatcher.Start(_server, _job, slow: true, until: 300);
        await using var quick = await FeedWatcher.Start(_server, _job, until: 300);
        await slow.Watches();
        await Send(300);

        await Eventually.Comes("end of the quick watcher", quick.Ended);
        Assert.Empty(slow.Events);
        await slow.Hurry();
        await Eventually.Comes("end of the slow watcher", slow.Ended);

        Assert.Equal<ActivityEvent>(quick.Events, slow.Events);
        Assert.Equal(Enumerable.Range(1, 600).Select(seq => (long)seq), slow.Events.Select(e => e.Seq));
    }

    [Fact]
    public async Task Hints_come_to_those_who_want_them_and_have_no_number()
    {
        await using var curious = await FeedWatcher.Start(_server, _job, progress: true);
        await using var other = await FeedWatcher.Start(_server, _job);
        await curious.Watches();
        await other.Watches();
        await Upload.CreateWith(_job, _media, [1, 2, 3], 10, ("device", "crew-1")).Run(_server);

        await curious.Sees("the bytes", e =>
            e is { Seq: 0, Device: "crew-1", Progress: { Offset: 3, Length: 10 } } && e.Media == _media.ToString());
        await Upload.Patch(_job, _media, 3, TestMedia.Bytes(7)).Run(_server);
        await other.Sees("the end", e => e.MediaStored is not null);

        Assert.DoesNotContain(other.Everything, e => e.Progress is not null);
    }

    private async Task Send(int count)
    {
        foreach (var part in Enumerable.Range(0, count).Chunk(20))
            await Task.WhenAll(
                part.Select(i => Upload.CreateWith(_job, Fresh.Media(), BitConverter.GetBytes(i), 4).Run(_server)));
    }

    private async Task<GrpcFailure> Fails(string job, long after)
    {
        await using var watcher = await FeedWatcher.Start(_server, job, new Position { Seq = after });
        await Eventually.Comes("end of the watcher", watcher.Ended);
        return watcher.Failure!;
    }
}
