using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs.Model;

internal enum Kind
{
    Create,
    Complete,
    Store,
    Fail,
    Delete,
    DeleteAll,
    FindDamage,
    FindIntact,
}

/// <summary>One command about one attempt.</summary>
internal sealed record Step(Kind Kind, Attempt About)
{
    public Outcome Decide(Job job, DateTimeOffset at, JobLimits? limits = null) => Kind switch
    {
        Kind.Create => Of(job.Decide(About.Create, at, limits), r =>
            new() { Refusal = r.Refusal, Media = r.Media, Unneeded = r.Unneeded }),
        Kind.Complete => Of(job.Decide(About.Complete, at), Completed),
        Kind.Store => Of(job.Decide(About.Create, About.Complete, at, limits), Completed),
        Kind.FindDamage => Of(job.Decide(About.Found("wrong"), at), _ => new()),
        Kind.FindIntact => Of(job.Decide(About.Found(damage: null), at), _ => new()),
        Kind.Fail => Of(job.Decide(About.Fail, at), r => new() { Refusal = r.Refusal, Unneeded = r.Unneeded }),
        _ => Of(job.Decide(Some.Delete(About.Media, withDuplicates: Kind == Kind.DeleteAll), at), Deleted),
    };

    /// <summary>
    /// Whether this command says that the attempt's bytes are in the media store.
    /// </summary>
    public bool BringsBytes => Kind is Kind.Complete or Kind.Store;

    public override string ToString() => $"{Kind} {About}";

    private static Outcome Completed(CompleteReply reply) =>
        new() { Refusal = reply.Refusal, Media = reply.Media, Unneeded = reply.Unneeded };

    private static Outcome Deleted(DeleteReply reply) => new() { Deleted = reply.Deleted, Unneeded = reply.Unneeded };

    private static Outcome Of<TReply>(Decision<TReply> decision, Func<TReply, Outcome> outcome) =>
        outcome(decision.Reply) with { Events = decision.Events, Opened = decision.Opened };
}

/// <summary>What a decision of any kind says.</summary>
internal sealed record Outcome
{
    public Refusal Refusal { get; init; }

    public Media? Media { get; init; }

    public IReadOnlyList<BlobId> Unneeded { get; init; } = [];

    public IReadOnlyList<Guid> Deleted { get; init; } = [];

    public IReadOnlyList<JobEvent> Events { get; init; } = [];

    public UploadRow? Opened { get; init; }
}
