using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Log;

/// <summary>What comes while a commit runs goes into the next one, all of it.</summary>
public sealed class GroupTests : JobLogFixture
{
    [Fact]
    public void All_commands_that_come_during_a_commit_go_into_the_next_append()
    {
        Journal.Appends.Next(Gate.Hold);
        var replies = Enumerable.Range(1, 50).Select(media => Log.Create(media, $"blob-{media}")).ToList();
        OpenGate();
        Assert.All(replies, reply => Assert.True(Answer(reply).Started));
        Assert.Equal([1, 49], Journal.Committed.Select(a => a.Rows.Count));
        Assert.Equal([0, 1], Journal.Committed.Select(a => a.ExpectedSeq));
    }

    [Fact]
    public void An_append_holds_all_that_follows_from_its_events()
    {
        _ = Log.Create(1, "here");
        _ = Log.Store(2, content: 7);
        var (first, second) = (Journal.Committed[0], Journal.Committed[1]);
        Assert.Equal(Some.Blob("here"), first.Opened.Single().Incoming);
        Assert.Empty(first.Closed);
        Assert.Empty(first.Work);
        Assert.Equal([Some.Media(2)], second.Closed);
        Assert.Equal([new WorkItem(WorkKinds.Process, Some.Job, Some.Media(2))], second.Work);
        Assert.Equal((3, 1, 1), (second.JobRow.Head.Seq, second.JobRow.Counts.Open, second.JobRow.Counts.Stored));
        Assert.Equal(MediaStatus.Stored, second.Media.Single().Status);
    }

    [Fact]
    public void A_duplicate_makes_no_work()
    {
        _ = Log.Store(1, content: 7);
        _ = Log.Store(2, content: 7);
        Assert.Empty(Journal.Committed[1].Work);
    }

    [Fact]
    public void The_rows_of_duplicates_that_follow_a_promoted_one_are_written_too()
    {
        foreach (var media in new[] { 1, 2, 3 })
            _ = Log.Store(media, content: 7);
        _ = Log.Delete(1);
        Assert.Equal(Some.Media(2), Journal.Committed[^1].Media.Single(m => m.Id == Some.Media(3)).DuplicateOf);
    }

    [Fact]
    public void An_upload_that_starts_and_ends_in_one_group_leaves_no_row()
    {
        HoldOne();
        _ = Log.Create(1, "here");
        _ = Log.Fail(1, "here");
        OpenGate();
        Assert.Equal([99], OpenUploads().Select(u => u.Number));
    }

    [Fact]
    public void An_upload_that_ends_and_starts_anew_in_one_group_has_its_new_row()
    {
        _ = Log.Create(1, "first");
        HoldOne();
        _ = Log.Fail(1, "first");
        _ = Log.Create(1, "second");
        OpenGate();
        Assert.Contains((1, Some.Blob("second")), OpenUploads());
    }

    [Fact]
    public void A_full_queue_refuses_until_there_is_room()
    {
        HoldOne();
        var waiting = Enumerable.Range(1, JobLog.MaxWaiting - 1).Select(_ => Log.Read(job => job.Head.Seq)).ToList();
        Assert.Throws<JobBusyException>(() => { _ = Log.Read(job => job.Head.Seq); });
        OpenGate();
        Assert.All(waiting, read => Assert.Equal(1, Answer(read)));
        Assert.Equal(1, Answer(Log.Read(job => job.Head.Seq)));
    }

    /// <summary>Starts a commit that lasts until the gate is opened.</summary>
    private void HoldOne()
    {
        Journal.Appends.Next(Gate.Hold);
        _ = Log.Create(99, "held");
    }

    private IEnumerable<(int Number, BlobId Incoming)> OpenUploads() =>
        Journal.Snapshot(Some.Job).Uploads.Select(u => (Some.Number(u.Media), u.Incoming));
}
