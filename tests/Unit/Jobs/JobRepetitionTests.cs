using OrleansIngest.Grains.Jobs;
using OrleansIngest.Unit.Tests.Jobs.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>A command that comes again, and a history that is lived again.</summary>
public sealed class JobRepetitionTests
{
    [Fact]
    public void Repeating_a_command_changes_nothing() => Always.HoldsAfter(Steps.Any, steps =>
        World.After(steps, (world, step, _) => Assert.Empty(step.Decide(world.Job, world.Lived.Now).Events)));

    [Fact]
    public void Repeating_a_command_gives_the_same_answer() => Always.HoldsAfter(Steps.Any, steps =>
        World.After(steps, (world, step, first) =>
        {
            var again = step.Decide(world.Job, world.Lived.Now);
            Assert.Equal((first.Refusal, first.Media), (again.Refusal, again.Media));
            Assert.Subset(first.Deleted.ToHashSet(), again.Deleted.ToHashSet());
            Assert.Equal(first.Deleted.Contains(step.About.Id), again.Deleted.Contains(step.About.Id));
        }));

    [Fact]
    public void Replaying_the_journal_gives_the_same_job() => Always.HoldsAfter(Steps.Any, steps =>
    {
        var lived = World.After(steps).Lived;
        var replayed = new Job(Some.Job);
        foreach (var row in lived.Rows)
            replayed.Apply(JobEvent.Decode(row));
        SameJob.Check(lived.Job, replayed);
    });

    [Fact]
    public void Loading_the_media_table_gives_the_same_job() => Always.HoldsAfter(Steps.Any, steps =>
    {
        var lived = World.After(steps).Lived;
        SameJob.Check(lived.Job, new Job(Some.Job, lived.Snapshot));
    });

    [Fact]
    public void A_loaded_job_goes_on_as_the_one_that_lived() => Always.HoldsAfter(Steps.Any, steps =>
    {
        var lived = World.After(steps[..(steps.Length / 2)]).Lived;
        var loaded = new LivedJob(lived.Snapshot);
        foreach (var step in steps[(steps.Length / 2)..])
            Assert.Equal(Bytes(Go(lived, step, Some.Morning)), Bytes(Go(loaded, step, Some.Morning)));
        SameJob.Check(lived.Job, loaded.Job);
    });

    private static IReadOnlyList<JobEvent> Go(LivedJob job, Step step, DateTimeOffset at)
    {
        var outcome = step.Decide(job.Job, at);
        return job.Take(new Decision<IReadOnlyList<JobEvent>>(outcome.Events, outcome.Events));
    }

    private static IEnumerable<string> Bytes(IEnumerable<JobEvent> events) =>
        events.Select(e => Convert.ToHexString(e.Row.Event.Bytes.Span) + Convert.ToHexString(e.Row.Private.Span));
}
