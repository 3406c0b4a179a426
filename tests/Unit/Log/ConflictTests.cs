using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Log;

/// <summary>
/// Another writer was first: the job is loaded again and what waits is decided again.
/// </summary>
public sealed class ConflictTests : JobLogFixture
{
    [Fact]
    public void What_the_other_writer_stored_makes_duplicates_of_what_waits()
    {
        Load();
        _ = NewWriter().Store(9, content: 7);
        var reply = Answer(Log.Store(1, content: 7));
        Assert.Equal((MediaStatus.Duplicate, Some.Media(9)), (reply.Media!.Status, reply.Media.DuplicateOf!.Value));
        Assert.Equal([Some.ContentOf("blob-1")], reply.Unneeded);
    }

    [Fact]
    public void All_that_waits_is_decided_again_in_its_order()
    {
        Load();
        Journal.Appends.Next(Gate.Hold);
        var first = Log.Store(1, content: 7);
        var second = Log.Store(2, content: 7);
        var read = Log.Read(job => job.Counts.Duplicates);
        _ = NewWriter().Delete(9);
        OpenGate();
        Assert.Equal(MediaStatus.Stored, Answer(first).Media!.Status);
        Assert.Equal(Some.Media(1), Answer(second).Media!.DuplicateOf);
        Assert.Equal(1, Answer(read));
        Assert.Equal(
            ["1 MediaDeleted 9", "2 UploadStarted 1", "3 MediaStored 1", "4 UploadStarted 2", "5 MediaDuplicate 2"],
            History);
    }

    [Fact]
    public void A_command_that_would_end_an_upload_of_another_node_is_refused_and_no_other_is()
    {
        Answer(Log.Create(1, "one"));
        var fence = new UploadFence(Some.Job, Some.Media(1), Some.Blob("one"), Generation: 1);
        Journal.TakenOver.Add(fence);

        var lost = Log.Fail(1, "one", fence);
        var other = Log.Store(2, content: 7);

        Assert.Equal(Refusal.TakenOver, Answer(lost).Refusal);
        Assert.Equal(MediaStatus.Stored, Answer(other).Media!.Status);
        Assert.Equal(["1 UploadStarted 1", "2 UploadStarted 2", "3 MediaStored 2"], History);
    }

    [Fact]
    public void A_command_that_repeats_what_is_done_needs_no_row()
    {
        Answer(Log.Create(1, "one"));
        var fence = new UploadFence(Some.Job, Some.Media(1), Some.Blob("one"), Generation: 1);
        Answer(Log.Fail(1, "one", fence));
        Journal.TakenOver.Add(fence);

        Assert.Equal(Refusal.None, Answer(Log.Fail(1, "one", fence)).Refusal);
    }

    [Fact]
    public void What_the_other_writer_made_impossible_is_refused()
    {
        Load();
        _ = NewWriter().Delete(1);
        Assert.Equal(Refusal.Deleted, Answer(Log.Store(1, content: 7)).Refusal);
        Assert.Equal(["1 MediaDeleted 1"], History);
    }

    [Fact]
    public void What_comes_while_the_job_is_loaded_is_decided_once_and_after_what_waited()
    {
        Journal.Loads.Next(Gate.Hold);
        var first = Log.Store(1, content: 7);
        Gate.Open();
        Log.Turns.RunOne(); // the job is here, and what waits goes on in a turn to come
        var second = Log.Store(2, content: 7);
        Log.Turns.RunAll();
        Assert.Equal(MediaStatus.Stored, Answer(first).Media!.Status);
        Assert.Equal(Some.Media(1), Answer(second).Media!.DuplicateOf);
        Assert.Equal(["1 UploadStarted 1", "2 MediaStored 1", "3 UploadStarted 2", "4 MediaDuplicate 2"], History);
    }

    [Fact]
    public void What_comes_while_the_job_is_loaded_after_a_conflict_waits_for_it()
    {
        Load();
        _ = NewWriter().Store(9, content: 7);
        Journal.Loads.Next(Gate.Hold);
        var first = Log.Store(1, content: 7);
        var read = Log.Read(job => job.Head.Seq);
        Log.Turns.RunAll();
        Assert.False(first.IsCompleted || read.IsCompleted);
        OpenGate();
        Assert.Equal((Some.Media(9), 4), (Answer(first).Media!.DuplicateOf!.Value, Answer(read)));
    }

    [Fact]
    public async Task Watchers_see_what_the_other_writer_appended()
    {
        Load();
        var journalOnly = new Writer(Journal, new Grains.Feed.ActivityFeed(Journal, Journal, Time), Time);
        using var cursor = Feed.Watch([(Some.Job, default)]);
        var next = cursor.Next(CancellationToken.None);
        _ = journalOnly.Delete(9);
        Assert.False(next.IsCompleted);
        _ = Log.Delete(1);
        var seen = (await next.WaitAsync(TimeSpan.FromSeconds(30))).Select(e => e.Seq).ToList();
        while (seen.Count < 2)
            seen.AddRange(
                (await cursor.Next(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30))).Select(e => e.Seq));
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task Watchers_see_what_the_other_writer_appended_even_if_nothing_is_left_to_append()
    {
        Load();
        using var cursor = Feed.Watch([(Some.Job, default)]);
        var next = cursor.Next(CancellationToken.None);
        _ = new Writer(Journal, new Grains.Feed.ActivityFeed(Journal, Journal, Time), Time).Delete(1);
        Assert.Equal([Some.Media(1)], Answer(Log.Delete(1)).Deleted);
        Assert.Equal([1], (await next.WaitAsync(TimeSpan.FromSeconds(30))).Select(e => e.Seq));
    }

    [Fact]
    public void What_is_written_after_a_conflict_is_only_what_changed()
    {
        foreach (var media in new[] { 1, 2, 3 })
            _ = Log.Store(media, content: 7);
        Journal.Appends.Next(Gate.Hold);
        _ = Log.Create(9, "here");
        _ = Log.Delete(1); // would change the duplicates too, but the other writer is first
        _ = NewWriter().Delete(1);
        OpenGate();
        Assert.Equal([Some.Media(9)], Journal.Committed[^1].Media.Select(m => m.Id));
    }

    private void Load() => Assert.Equal(0, Answer(Log.Read(job => job.Head.Seq)));
}
