using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Log;

/// <summary>Nobody hears of what is not durable.</summary>
public sealed class CommitTests : JobLogFixture
{
    [Fact]
    public void A_command_is_answered_after_its_commit()
    {
        Journal.Appends.Next(Gate.Hold);
        var reply = Log.Store(1, content: 7);
        Log.Turns.RunAll();
        Assert.False(reply.IsCompleted);
        OpenGate();
        Assert.Equal(MediaStatus.Stored, Answer(reply).Media!.Status);
        Assert.Equal(["1 UploadStarted 1", "2 MediaStored 1"], History);
    }

    [Fact]
    public void A_repeated_command_is_answered_after_the_commit_of_the_first()
    {
        Journal.Appends.Next(Gate.Hold);
        var first = Log.Create(1, "here");
        var again = Log.Create(1, "there");
        Log.Turns.RunAll();
        Assert.False(first.IsCompleted || again.IsCompleted);
        OpenGate();
        Assert.Equal(
            (true, false, Some.Blob("here")),
            (Answer(first).Started, Answer(again).Started, Answer(again).Media!.Incoming));
        Assert.Single(Journal.Committed);
    }

    [Fact]
    public void A_refusal_is_answered_after_the_commit_of_what_it_rests_on()
    {
        Journal.Appends.Next(Gate.Hold);
        var deletion = Log.Delete(1);
        var refusal = Log.Create(1, "here");
        Log.Turns.RunAll();
        Assert.False(deletion.IsCompleted || refusal.IsCompleted);
        OpenGate();
        Assert.Equal(Refusal.Deleted, Answer(refusal).Refusal);
    }

    [Fact]
    public void A_read_is_answered_after_the_commit_of_what_it_saw()
    {
        Journal.Appends.Next(Gate.Hold);
        _ = Log.Store(1, content: 7);
        var read = Log.Read(job => job.Head.Seq);
        Log.Turns.RunAll();
        Assert.False(read.IsCompleted);
        OpenGate();
        Assert.Equal(2, Answer(read));
    }

    [Fact]
    public void A_read_waits_for_no_commit_that_came_after_it()
    {
        Journal.Appends.Next(Gate.Hold);
        _ = Log.Store(1, content: 7);
        var early = Log.Read(job => job.Head.Seq);
        Journal.Appends.Next(Gate.Hold);
        var late = Log.Store(2, content: 8);
        OpenGate();
        Assert.Equal((true, false), (early.IsCompleted, late.IsCompleted));
        OpenGate();
        Assert.True(late.IsCompleted);
    }

    [Fact]
    public void A_read_of_what_is_durable_appends_nothing()
    {
        _ = Log.Store(1, content: 7);
        Assert.Equal(2, Answer(Log.Read(job => job.Head.Seq)));
        Assert.Equal(1, Journal.Appends.Count);
    }

    [Fact]
    public void The_job_is_idle_when_nothing_waits_any_more()
    {
        Journal.Appends.Next(Gate.Hold);
        _ = Log.Store(1, content: 7);
        var idle = Log.Idle();
        Log.Turns.RunAll();
        Assert.False(idle.IsCompleted);
        OpenGate();
        Assert.True(idle.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Watchers_hear_of_an_event_after_its_commit()
    {
        using var cursor = Feed.Watch([(Some.Job, default)]);
        Journal.Appends.Next(Gate.Hold);
        _ = Log.Create(1, "here");
        var next = cursor.Next(CancellationToken.None);
        Assert.False(next.IsCompleted);
        OpenGate();
        Assert.Equal([1], (await next.WaitAsync(TimeSpan.FromSeconds(30))).Select(e => e.Seq));
    }
}
