using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>
/// Stored bytes that were read again and found wrong, and how a media becomes safe again.
/// </summary>
public sealed class DamageTests
{
    private readonly LivedJob _job = new();

    public DamageTests()
    {
        _job.Store(1, content: 7);
        _job.Store(2, content: 7);
    }

    private BlobId Damaged { get; } = Some.ContentOf("blob-1");

    [Fact]
    public void Every_media_that_lives_on_the_bytes_is_an_error_that_a_retry_helps()
    {
        var reply = Found("wrong");

        Assert.Equal([Some.Media(1), Some.Media(2)], reply.Changed);
        Assert.All([1, 2], number => Assert.Equal(
            (MediaStatus.Failed, new UploadFailure(FailureReason.Damaged, "wrong", Retryable: true), Damaged),
            (_job.Media(number).Status, _job.Media(number).Failure, _job.Media(number).Content)));
        Assert.Equal(
            (0, 0, 2, 0),
            (_job.Job.Counts.Stored, _job.Job.Counts.Duplicates, _job.Job.Counts.Failed, _job.Job.Counts.StoredBytes));
        Assert.Null(_job.Job.FindOriginal(Some.Hash(7)));
    }

    [Fact]
    public void It_is_told_once()
    {
        Found("wrong");

        Assert.Empty(Found("wrong").Changed);
    }

    [Fact]
    public void Bytes_that_nobody_lives_on_are_nobodys_damage()
    {
        _job.Do(Some.Delete(1, withDuplicates: true));

        Assert.Empty(Found("wrong").Changed);
        Assert.Empty(_job.Do(Report(Some.ContentOf("another"), "wrong")).Changed);
    }

    [Fact]
    public void Bytes_that_are_right_change_nothing() => Assert.Empty(Found(null).Changed);

    [Fact]
    public void When_the_bytes_are_put_back_all_are_as_they_were()
    {
        var before = (_job.Media(1), _job.Media(2), _job.Job.Counts);
        Found("wrong");

        Assert.Equal([Some.Media(1), Some.Media(2)], Found(null).Changed);
        Assert.Equal(
            (
                before.Item1 with { LastSeq = 7, ChangedAt = _job.Media(1).ChangedAt },
                before.Item2 with { LastSeq = 8, ChangedAt = _job.Media(2).ChangedAt },
                before.Counts),
            (_job.Media(1), _job.Media(2), _job.Job.Counts));
    }

    [Fact]
    public void The_same_picture_from_anybody_repairs_all_and_frees_the_damaged_bytes()
    {
        Found("wrong");

        var reply = _job.Store(3, content: 7);

        Assert.Equal(MediaStatus.Stored, reply.Media!.Status);
        Assert.Equal([Damaged], reply.Unneeded);
        Assert.All([1, 2], number => Assert.Equal(
            (MediaStatus.Duplicate, Some.Media(3), Some.ContentOf("blob-3"), null),
            (
                _job.Media(number).Status,
                _job.Media(number).DuplicateOf,
                _job.Media(number).Content,
                _job.Media(number).Failure)));
    }

    [Fact]
    public void Its_id_may_be_created_again_and_the_damaged_bytes_stay_until_better_ones_are_here()
    {
        Found("wrong");
        _job.Do(Some.Delete(2));

        Assert.Empty(_job.Do(Some.Create(1, "second")).Unneeded);
        Assert.Equal(Damaged, _job.Media(1).Content);
        Assert.Equal([Some.Blob("second")], _job.Do(Some.Fail(1, "second", Some.Termination)).Unneeded);
        Assert.Equal(Damaged, _job.Media(1).Content);

        _job.Do(Some.Create(1, "third"));
        Assert.Equal([Damaged], _job.Do(Some.Complete(1, "third", content: 7)).Unneeded);
        Assert.Equal((MediaStatus.Stored, Some.ContentOf("third")), (_job.Media(1).Status, _job.Media(1).Content));
    }

    [Fact]
    public void Deleting_the_last_of_them_frees_the_damaged_bytes()
    {
        Found("wrong");

        Assert.Empty(_job.Do(Some.Delete(1)).Unneeded);
        Assert.Equal([Damaged], _job.Do(Some.Delete(2)).Unneeded);
    }

    [Fact]
    public void Bytes_that_were_put_back_are_not_freed_by_one_that_kept_them()
    {
        Found("wrong");
        _job.Do(Some.Create(1, "second"));
        Assert.Equal([Some.Media(2)], Found(null).Changed);

        var reply = _job.Do(Some.Complete(1, "second", content: 7));

        Assert.Equal((MediaStatus.Duplicate, Damaged), (reply.Media!.Status, reply.Media.Content));
        Assert.Equal([Some.ContentOf("second")], reply.Unneeded);
    }

    private ReportReply Found(string? damage) => _job.Do(Report(Damaged, damage));

    private static ReportBytes Report(BlobId content, string? damage) =>
        new() { Content = content, Sha256 = Some.Hash(7), Damage = damage };
}
