using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Log;

/// <summary>An append that fails may have happened.</summary>
public sealed class UnknownOutcomeTests : JobLogFixture
{
    [Fact]
    public void If_it_happened_nothing_is_written_twice()
    {
        Journal.Appends.Next(Trouble.FailAfter);
        var reply = Answer(Log.Store(1, content: 7));
        Assert.Equal((Refusal.None, MediaStatus.Stored), (reply.Refusal, reply.Media!.Status));
        Assert.Empty(reply.Unneeded);
        Assert.Equal(["1 UploadStarted 1", "2 MediaStored 1"], History);
    }

    [Fact]
    public void If_it_happened_wrong_bytes_fail_once()
    {
        Journal.Appends.Next(Trouble.FailAfter);
        var create = Some.Create(1, "here") with { Sha256 = Some.Hash(8) };
        var reply = Answer(Log.Do((job, at) => job.Decide(create, Some.Complete(1, "here", content: 7), at)));
        Assert.Equal(Refusal.HashMismatch, reply.Refusal);
        Assert.Equal(["1 UploadStarted 1", "2 UploadFailed 1"], History);
    }

    [Fact]
    public void If_it_did_not_happen_it_is_done_again()
    {
        Journal.Appends.Next(Trouble.FailBefore);
        Assert.True(Answer(Log.Create(1, "here")).Started);
        Assert.Equal(["1 UploadStarted 1"], History);
    }

    [Fact]
    public void If_it_happens_after_the_job_was_loaded_again_nothing_is_written_twice()
    {
        Func<AppendOutcome> late = null!;
        Journal.Appends.Next(call =>
        {
            late = call;
            return Trouble.FailBefore(call);
        });
        Journal.Appends.Next(call =>
        {
            Assert.True(late().IsStored);
            return Task.FromResult(call());
        });
        Assert.Equal(MediaStatus.Stored, Answer(Log.Store(1, content: 7)).Media!.Status);
        Assert.Equal(["1 UploadStarted 1", "2 MediaStored 1"], History);
    }

    [Fact]
    public void What_waited_with_it_is_decided_again_in_its_order()
    {
        Journal.Appends.Next(Gate.Hold);
        var first = Log.Store(1, content: 7);
        var second = Log.Store(2, content: 7);
        OpenGate(happens: true, answers: false);
        Assert.Equal(MediaStatus.Stored, Answer(first).Media!.Status);
        Assert.Equal(Some.Media(1), Answer(second).Media!.DuplicateOf);
        Assert.Equal(["1 UploadStarted 1", "2 MediaStored 1", "3 UploadStarted 2", "4 MediaDuplicate 2"], History);
    }

    [Fact]
    public void A_journal_that_keeps_failing_fails_all_who_wait()
    {
        Journal.Appends.Next(Gate.Hold);
        Journal.Appends.Next(Trouble.FailBefore);
        var command = Log.Create(1, "here");
        var read = Log.Read(job => job.Head.Seq);
        OpenGate(happens: false);
        Assert.Throws<JournalException>(() => Answer(command));
        Assert.Throws<JournalException>(() => Answer(read));
        Assert.Empty(History);
    }

    [Fact]
    public void The_next_command_works_once_the_journal_does()
    {
        Journal.Appends.Next(Trouble.FailBefore);
        Journal.Appends.Next(Trouble.FailBefore);
        var failed = Log.Create(1, "here");
        Assert.Throws<JournalException>(() => Answer(failed));
        Assert.Equal(0, Answer(Log.Read(job => job.Head.Seq)));
        Assert.True(Answer(Log.Create(1, "there")).Started);
        Assert.Equal(Some.Blob("there"), Journal.Snapshot(Some.Job).Uploads.Single().Incoming);
    }

    [Fact]
    public void A_job_that_cannot_be_loaded_fails_its_command_and_the_next_one_loads_it()
    {
        Journal.Loads.Next(Trouble.FailBefore);
        var failed = Log.Create(1, "here");
        Assert.Throws<JournalException>(() => Answer(failed));
        Assert.True(Answer(Log.Create(1, "here")).Started);
    }

    [Fact]
    public void If_loading_fails_after_it_happened_repeating_the_command_finds_it_done()
    {
        Journal.Appends.Next(Trouble.FailAfter);
        Journal.Loads.Next(call => Task.FromResult(call()));
        Journal.Loads.Next(Trouble.FailBefore);
        var failed = Log.Store(1, content: 7);
        Assert.Throws<JournalException>(() => Answer(failed));
        Assert.Equal(MediaStatus.Stored, Answer(Log.Store(1, content: 7)).Media!.Status);
        Assert.Equal(2, History.Count());
    }
}
