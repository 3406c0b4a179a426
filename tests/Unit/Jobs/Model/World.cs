using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs.Model;

/// <summary>
/// A job with a media store beside it: it knows which bytes the store holds
/// and which of them the job uses.
/// </summary>
internal sealed class World(JobLimits? limits = null)
{
    private readonly HashSet<Attempt> _stored = [];
    private readonly HashSet<Attempt> _damaged = [];

    public LivedJob Lived { get; } = new();

    public Job Job => Lived.Job;

    public IEnumerable<Media> Media => Job.Order.Select(id => Job.Find(id)!);

    /// <summary>Attempts whose bytes the store holds.</summary>
    public IReadOnlyCollection<Attempt> Stored => _stored;

    public static World After(
        IEnumerable<Step> steps, Action<World, Step, Outcome>? each = null, JobLimits? limits = null)
    {
        var world = new World(limits);
        foreach (var step in steps.Where(world.MayCome))
        {
            var outcome = world.Do(step);
            each?.Invoke(world, step, outcome);
        }
        return world;
    }

    public Outcome Do(Step step)
    {
        var outcome = step.Decide(Job, Lived.Now, limits);
        Lived.Take(new Decision<Outcome>(outcome, outcome.Events));
        if (step.Kind == Kind.FindDamage && outcome.Events.Count > 0)
            _damaged.Add(step.About);
        if (outcome.Opened is not null || step.BringsBytes)
            _stored.Add(step.About);
        _stored.RemoveWhere(attempt =>
            outcome.Unneeded.Contains(attempt.Incoming) || outcome.Unneeded.Contains(attempt.Kept));
        return outcome;
    }

    /// <summary>
    /// Whether an upload receives these bytes, or a media lives on them or keeps
    /// them although they are damaged.
    /// </summary>
    public bool Uses(Attempt attempt) => Media.Any(media =>
        (media.Status == MediaStatus.Open && media.Incoming == attempt.Incoming) || media.Content == attempt.Kept);

    /// <summary>Whether freeing this blob takes bytes away that are in use.</summary>
    public bool Uses(BlobId blob) => Media.Any(media =>
        (media.Status == MediaStatus.Open && media.Incoming == blob) || media.Content == blob);

    /// <summary>
    /// A creation is not repeated after the weeks that lie between an upload and its damage.
    /// </summary>
    private bool MayCome(Step step) => step.Kind != Kind.Create || !_damaged.Contains(step.About);
}
