using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Jobs.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Log;

/// <summary>
/// What holds for two logs on one journal, however their turns and calls
/// interleave and whatever gets lost.
/// </summary>
public sealed class TwoWritersTests
{
    [Fact]
    public void They_never_fork_the_history() => AfterAny(two =>
    {
        Assert.Empty(two.Journal.Broken);
        var history = two.Journal.Events(Some.Job);
        Assert.Equal(Enumerable.Range(1, history.Count), history.Select(e => (int)e.Public.Seq));
    });

    [Fact]
    public void They_never_tell_a_fact_twice() => AfterAny(two => Lives.Check(two.Journal.Events(Some.Job)));

    [Fact]
    public void Every_command_is_answered_or_fails_with_a_reason_to_repeat_it() =>
        AfterAny(two => Assert.Empty(two.Forgotten));

    [Fact]
    public void What_was_answered_is_in_the_journal() => AfterAny(two =>
    {
        var job = two.Journal.Replay(Some.Job, int.MaxValue);
        foreach (var (outcome, step) in two.Answers)
        {
            Assert.All(outcome.Deleted, id => Assert.Equal(MediaStatus.Deleted, job.Find(id)!.Status));
            if (outcome.Media is { IsSafe: true })
                Assert.Contains(
                    job.Find(step.About.Id)!.Status,
                    new[] { MediaStatus.Stored, MediaStatus.Duplicate, MediaStatus.Deleted });
            if (outcome.Media is { } media)
                Assert.InRange(media.LastSeq, 1, job.Head.Seq);
        }
    });

    [Fact]
    public void Each_is_what_a_replay_up_to_its_head_gives() => AfterAny(two =>
    {
        foreach (var writer in two.Writers)
        {
            var job = two.Read(writer);
            SameJob.Check(two.Journal.Replay(Some.Job, job.Head.Seq), job);
        }
    });

    [Fact]
    public void Both_end_with_the_same_job_once_each_has_written() => AfterAny(two =>
    {
        foreach (var writer in two.Writers)
        {
            two.Touch(writer);
            SameJob.Check(two.Journal.Replay(Some.Job, int.MaxValue), two.Read(writer));
        }
        SameJob.Check(two.Read(two.Writers[1]), new Job(Some.Job, two.Journal.Snapshot(Some.Job)));
    });

    [Fact]
    public void The_stored_uploads_are_those_of_the_open_media() => AfterAny(two =>
    {
        var snapshot = two.Journal.Snapshot(Some.Job);
        Assert.Equal(
            snapshot.Media.Where(m => m.Status == MediaStatus.Open).Select(m => (m.Id, m.Incoming)).OrderBy(m => m.Id),
            snapshot.Uploads.Select(u => (u.Media, (BlobId?)u.Incoming)).OrderBy(u => u.Media));
    });

    private static void AfterAny(Action<TwoWriters> check) =>
        Always.HoldsAfter(Move.Any, moves => check(TwoWriters.After(moves)));
}
