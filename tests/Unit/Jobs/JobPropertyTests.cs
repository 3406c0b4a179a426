using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Jobs.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>
/// What holds after every command, whatever devices send, in whatever order and however often.
/// </summary>
public sealed class JobPropertyTests
{
    [Fact]
    public void Events_are_numbered_from_1_without_a_gap() => AfterEach((world, _, _) =>
    {
        Assert.Equal(world.Lived.Rows.Count, world.Job.Head.Seq);
        Assert.Equal(Enumerable.Range(1, world.Lived.Rows.Count), world.Lived.Events.Select(e => (int)e.Public.Seq));
        Assert.All(world.Lived.Rows, row => Assert.Equal(JobEvent.Decode(row).Public.Seq, row.Event.Seq));
    });

    [Fact]
    public void Every_event_may_follow_what_its_media_was_before() => Always.HoldsAfter(Steps.Any, steps =>
        Lives.Check(World.After(steps).Lived.Events));

    [Fact]
    public void Counts_are_what_a_recount_finds() => AfterEach((world, _, _) =>
    {
        long Having(MediaStatus status) => world.Media.Count(m => m.Status == status);
        var bytes = world.Media.Where(m => m.Status == MediaStatus.Stored).Sum(m => m.Length!.Value);
        Assert.Equal(
            new JobCounts(
                Having(MediaStatus.Open), Having(MediaStatus.Stored), Having(MediaStatus.Duplicate),
                Having(MediaStatus.Failed), Having(MediaStatus.Deleted), bytes),
            world.Job.Counts);
        Assert.Equal(world.Job.Order.Count, world.Job.Counts.Total + world.Job.Counts.Deleted);
        Assert.Equal(world.Media.Where(m => m.Status == MediaStatus.Open).Sum(m => m.Length ?? 0), world.Job.OpenBytes);
    });

    [Fact]
    public void A_hash_is_stored_at_most_once() => AfterEach((world, _, _) =>
    {
        var originals = world.Media.Where(m => m.Status == MediaStatus.Stored).ToList();
        Assert.Equal(originals.Count, originals.DistinctBy(m => m.Sha256).Count());
        Assert.All(originals, m => Assert.Equal(m, world.Job.FindOriginal(m.Sha256!.Value)));
        var missing = Enumerable.Range(0, Attempt.Contents).Select(Some.Hash)
            .Except(originals.Select(m => m.Sha256!.Value));
        Assert.All(missing, hash => Assert.Null(world.Job.FindOriginal(hash)));
    });

    [Fact]
    public void A_duplicate_lives_on_the_bytes_of_a_stored_media_with_its_hash() => AfterEach((world, _, _) =>
    {
        foreach (var duplicate in world.Media.Where(m => m.Status == MediaStatus.Duplicate))
        {
            var original = world.Job.Find(duplicate.DuplicateOf!.Value)!;
            Assert.Equal(MediaStatus.Stored, original.Status);
            Assert.Equal(
                (original.Sha256, original.Length, original.Content),
                (duplicate.Sha256, duplicate.Length, duplicate.Content));
            Assert.Contains(duplicate.Id, world.Job.DuplicatesOf(original.Id));
        }
        Assert.Equal(world.Job.Counts.Duplicates, world.Media.Sum(m => world.Job.DuplicatesOf(m.Id).Count));
    });

    [Fact]
    public void Bytes_in_use_are_never_freed() => AfterEach((world, _, outcome) =>
        Assert.DoesNotContain(outcome.Unneeded, world.Uses));

    [Fact]
    public void Bytes_that_nothing_uses_are_always_freed() => AfterEach((world, _, _) =>
        Assert.All(world.Stored, attempt => Assert.True(world.Uses(attempt), $"{attempt} leaks")));

    [Fact]
    public void A_media_lives_on_bytes_that_the_store_holds() => AfterEach((world, _, _) =>
        Assert.All(
            world.Media.Where(m => m.IsSafe),
            media => Assert.Contains(world.Stored, attempt =>
                attempt.Kept == media.Content && Some.Hash(attempt.Content) == media.Sha256)));

    [Fact]
    public void Deleted_stays_deleted_and_safe_stays_safe_until_then_or_until_it_is_damaged() =>
        Always.HoldsAfter(Steps.Any, steps =>
        {
            var (safe, deleted) = (new HashSet<Guid>(), new HashSet<Guid>());
            World.After(steps, (world, _, outcome) =>
            {
                deleted.UnionWith(outcome.Deleted);
                safe.UnionWith(world.Media.Where(m => m.IsSafe).Select(m => m.Id));
                safe.ExceptWith(deleted);
                safe.ExceptWith(outcome.Events
                    .Where(e => e.Public.MediaDamaged is not null).Select(e => Guid.Parse(e.Public.Media)));
                Assert.All(deleted, id => Assert.Equal(MediaStatus.Deleted, world.Job.Find(id)!.Status));
                Assert.All(safe, id => Assert.True(world.Job.Find(id)!.IsSafe));
                Assert.All(world.Media.Where(m => m.Status == MediaStatus.Deleted), m =>
                    Assert.Contains(m.Id, deleted));
            });
        });

    private static void AfterEach(Action<World, Step, Outcome> check) =>
        Always.HoldsAfter(Steps.Any, steps => World.After(steps, check));
}
