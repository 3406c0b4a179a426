using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>
/// The life of a media id: "terminated, expired, hash mismatch, failed", and
/// "complete" when it comes again.
/// </summary>
public sealed class EndedUploadTests
{
    private readonly LivedJob _job = new();

    public static TheoryData<FailureReason> WaysToEnd =>
        [FailureReason.Terminated, FailureReason.Expired, FailureReason.HashMismatch];

    [Theory]
    [MemberData(nameof(WaysToEnd))]
    public void It_is_an_error_with_a_reason_and_its_bytes_are_freed(FailureReason reason)
    {
        End(reason);
        Assert.Equal((int)reason, (int)_job.Events.Last().Public.UploadFailed.Reason);
        var media = _job.Media(1);
        Assert.Equal(
            (MediaStatus.Failed, reason, true),
            (media.Status, media.Failure!.Reason, media.Failure.Retryable));
        Assert.NotEmpty(media.Failure.Message);
        Assert.Equal((1, 0), (_job.Job.Counts.Failed, _job.Job.Counts.Open));
    }

    [Theory]
    [MemberData(nameof(WaysToEnd))]
    public void Its_id_may_be_created_again_with_a_new_blob(FailureReason reason)
    {
        End(reason);
        var again = _job.Job.Decide(Some.Create(1, "second") with { Length = 99 }, _job.Now);
        Assert.Equal(
            (Refusal.None, true, Some.Blob("second")),
            (again.Reply.Refusal, again.Reply.Started, again.Opened!.Incoming));
        _job.Take(again);
        var media = _job.Media(1);
        Assert.Equal(
            (MediaStatus.Open, Some.Blob("second"), 99, null),
            (media.Status, media.Incoming, media.Length, media.Failure));
        Assert.Equal((1, 3), (media.FirstSeq, media.StartedSeq));
    }

    [Theory]
    [MemberData(nameof(WaysToEnd))]
    public void What_still_comes_of_it_changes_nothing(FailureReason reason)
    {
        End(reason);
        _job.Do(Some.Create(1, "second"));
        var open = _job.Media(1);
        var completed = _job.Do(Some.Complete(1, "first", content: 7));
        var failed = _job.Do(Some.Fail(1, "first", Some.Expiry));
        Assert.Equal((Refusal.Ended, Refusal.Ended), (completed.Refusal, failed.Refusal));
        Assert.Equal([Some.ContentOf("first")], completed.Unneeded);
        Assert.Empty(failed.Unneeded);
        Assert.Equal(open, _job.Media(1));
    }

    [Fact]
    public void Ending_an_upload_frees_its_blob()
    {
        _job.Do(Some.Create(1, "first"));
        var reply = _job.Do(Some.Fail(1, "first", Some.Termination));
        Assert.Equal(Refusal.None, reply.Refusal);
        Assert.Equal([Some.Blob("first")], reply.Unneeded);
    }

    [Fact]
    public void Ending_an_upload_that_never_was_is_refused()
    {
        Assert.Equal(Refusal.Ended, _job.Do(Some.Fail(1, "first", Some.Termination)).Refusal);
        Assert.Equal(Refusal.Ended, _job.Do(Some.Complete(1, "first", content: 7)).Refusal);
        Assert.Empty(_job.Rows);
    }

    [Fact]
    public void A_complete_upload_cannot_fail_any_more()
    {
        _job.Store(1, content: 7);
        Assert.Equal(Refusal.Ended, _job.Do(Some.Fail(1, "blob-1", Some.Expiry)).Refusal);
        Assert.True(_job.Media(1).IsSafe);
    }

    [Fact]
    public void Bytes_with_another_hash_than_promised_are_refused_with_what_was_expected()
    {
        _job.Do(Some.Create(1, "first") with { Sha256 = Some.Hash(8) });
        var reply = _job.Do(Some.Complete(1, "first", content: 7));
        Assert.Equal((Refusal.HashMismatch, null, Some.Hash(8)), (reply.Refusal, reply.Media, reply.Expected!.Value));
        Assert.Equal([Some.ContentOf("first")], reply.Unneeded);
    }

    [Fact]
    public void Wrong_bytes_that_come_whole_twice_fail_once()
    {
        var (create, complete) = (
            Some.Create(1, "first") with { Sha256 = Some.Hash(8) }, Some.Complete(1, "first", content: 7));
        _job.Do(create, complete);
        var again = _job.Do(create, complete);
        Assert.Equal((Refusal.HashMismatch, Some.Hash(8)), (again.Refusal, again.Expected!.Value));
        Assert.Equal(2, _job.Rows.Count);
    }

    [Fact]
    public void After_wrong_bytes_the_right_ones_are_stored()
    {
        _job.Do(Some.Create(1, "first") with { Sha256 = Some.Hash(8) }, Some.Complete(1, "first", content: 7));
        var reply = _job.Do(
            Some.Create(1, "second") with { Sha256 = Some.Hash(8) }, Some.Complete(1, "second", content: 8));
        Assert.Equal(
            (Refusal.None, MediaStatus.Stored, null),
            (reply.Refusal, reply.Media!.Status, reply.Media.Failure));
    }

    [Fact]
    public void A_wrong_SHA_512_is_a_mismatch_too_even_of_bytes_that_the_job_knows()
    {
        _job.Store(2, content: 7);
        var complete = Some.Complete(1, "first", content: 7) with { DeclaredSha512 = "abc", Sha512 = "def" };
        var reply = _job.Do(Some.Create(1, "first") with { Sha512 = "abc" }, complete);
        Assert.Equal((Refusal.HashMismatch, null), (reply.Refusal, reply.Expected));
        Assert.Equal([Some.ContentOf("first")], reply.Unneeded);
        Assert.Equal(FailureReason.HashMismatch, _job.Media(1).Failure!.Reason);
        Assert.Contains("SHA-512 def; the device said abc", _job.Media(1).Failure!.Message);
    }

    [Fact]
    public void The_SHA_512_that_was_promised_is_no_mismatch()
    {
        var complete = Some.Complete(1, "first", content: 7) with { DeclaredSha512 = "abc", Sha512 = "abc" };
        Assert.Equal(Refusal.None, _job.Do(Some.Create(1, "first") with { Sha512 = "abc" }, complete).Refusal);
    }

    [Fact]
    public void A_completion_that_comes_again_gets_the_same_media_and_frees_nothing()
    {
        var first = _job.Store(1, content: 7);
        var again = _job.Do(Some.Complete(1, "blob-1", content: 7));
        Assert.Equal((Refusal.None, first.Media), (again.Refusal, again.Media));
        Assert.Empty(again.Unneeded);
    }

    /// <summary>Starts an upload at "first", and ends it.</summary>
    private void End(FailureReason reason)
    {
        _job.Do(Some.Create(1, "first") with { Sha256 = Some.Hash(8) });
        if (reason == FailureReason.HashMismatch)
            _job.Do(Some.Complete(1, "first", content: 7));
        else
            _job.Do(Some.Fail(1, "first", reason == FailureReason.Expired ? Some.Expiry : Some.Termination));
    }
}
