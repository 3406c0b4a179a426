using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Parts;

/// <summary>Which partial uploads make which finals.</summary>
internal sealed class Concatenations(IUploads uploads)
{
    /// <summary>The partial uploads that a final names, up to the first that is not there, and the URL of that one.</summary>
    public async Task<(IReadOnlyList<UploadRow> Parts, string? Missing)> Parts(string job, string concat)
    {
        var named = UploadConcat.Parse(concat).Parts(job).ToList();
        var found = await uploads.Find(job, named.Select(part => part.Id));
        var parts = found.TakeWhile(part => part.IsPartial).ToList();
        return (parts, parts.Count == named.Count ? null : named[parts.Count].Url);
    }

    /// <summary>A part's bytes are those of a file that is still to come: no media may take its place.</summary>
    /// <exception cref="ProblemException">The id that a client chose is a part's.</exception>
    public async ValueTask MustNotBePart(string job, Guid id)
    {
        if (await IsPart(job, id))
            throw Refusals.ToProblem(Refusal.DifferentUpload);
    }

    /// <summary>Whether an id is a part's.</summary>
    public async ValueTask<bool> IsPart(string job, Guid id) =>
        PartialIds.MayBe(id) && await uploads.Find(job, id) is { IsPartial: true };
}
