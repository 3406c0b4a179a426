using FsCheck;
using FsCheck.Fluent;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Jobs.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>
/// A job that takes only so much, whatever devices send, in whatever order and however often.
/// </summary>
public sealed class LimitPropertyTests
{
    // Five media of three contents, about a thousand bytes each: some limits
    // are met at once, some never.
    private static readonly Gen<JobLimits> s_limits =
        from media in Gen.Elements<long?>(1, 2, 3, 4, null)
        from bytes in Gen.Elements<long?>(1_000, 1_001, 2_002, 3_000, 4_500, null)
        select new JobLimits(media, bytes);

    [Fact]
    public void It_never_has_more_than_it_takes() => Always.Holds(Cases(Steps.OfDevices), @case =>
        World.After(@case.Steps.Where(step => step.About.SaysLength), limits: @case.Limits, each: (world, _, _) =>
        {
            var counts = world.Job.Counts;
            Assert.True(
                counts.Open + counts.Stored + counts.Duplicates <= (@case.Limits.Media ?? long.MaxValue),
                counts.ToString());
            Assert.True(
                counts.StoredBytes + world.Job.OpenBytes <= (@case.Limits.Bytes ?? long.MaxValue),
                counts.ToString());
        }));

    [Fact]
    public void What_has_started_is_never_refused_for_want_of_room() => Always.Holds(Cases(Steps.Any), @case =>
    {
        var started = new HashSet<Guid>();
        World.After(@case.Steps, limits: @case.Limits, each: (world, step, outcome) =>
        {
            Assert.False(outcome.Refusal == Refusal.JobFull && started.Contains(step.About.Id), step.ToString());
            started = [.. world.Media.Where(m => m.Status is not MediaStatus.Failed).Select(m => m.Id)];
        });
    });

    [Fact]
    public void Who_finds_no_room_changes_nothing_and_leaves_no_bytes() => Always.Holds(Cases(Steps.Any), @case =>
        World.After(@case.Steps, limits: @case.Limits, each: (world, _, outcome) =>
        {
            if (outcome.Refusal == Refusal.JobFull)
                Assert.Equal(([], null), (outcome.Events, outcome.Opened));
            Assert.DoesNotContain(outcome.Unneeded, world.Uses);
            Assert.All(world.Stored, attempt => Assert.True(world.Uses(attempt), $"{attempt} leaks"));
        }));

    private static Gen<(Step[] Steps, JobLimits Limits)> Cases(Gen<Step[]> cases) =>
        from steps in cases
        from limits in s_limits
        select (steps, limits);
}
