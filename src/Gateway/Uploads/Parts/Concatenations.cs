using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Parts;

/// <summary>Which partial uploads make which finals.</summary>
internal sealed class Concatenations(IUploads uploads)
{
    /// <summary>The partial uploads that a final names, up to the first that is not there, and the URL of that one.</summary>
    public async Task<(List<UploadRow> Parts, string? Missing)> Parts(string job, string concat)
    {
        var parts = new List<UploadRow>();
        foreach (var (id, url) in UploadConcat.Parse(concat).Parts(job))
        {
            if (await uploads.Find(job, id) is not { IsPartial: true } part)
                return (parts, url);
            parts.Add(part);
        }
        return (parts, null);
    }

    /// <summary>The open finals that are made of a partial upload, among others.</summary>
    public async Task<IEnumerable<UploadRow>> Finals(UploadRow partial) =>
        from final in await uploads.Finals(partial.Job)
        where JoinedPlace.TryParse(final.Place)?.Parts.Contains(partial.Place) == true
        select final;

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

    /// <summary>
    /// When an upload ends by itself. A final lives as long as any of its parts: one that is whole already must not end because
    /// another takes its time.
    /// </summary>
    public async ValueTask<DateTimeOffset> ExpiresAt(UploadRow row)
    {
        if (row.IsFinal)
            return await Latest(row);
        var latest = row.ExpiresAt;
        foreach (var final in row.IsPartial ? await Finals(row) : [])
            latest = Later(latest, await Latest(final));
        return latest;
    }

    private async Task<DateTimeOffset> Latest(UploadRow final)
    {
        var (parts, missing) = await Parts(final.Job, final.Concat);
        return missing is null ? parts.Aggregate(final.ExpiresAt, (latest, part) => Later(latest, part.ExpiresAt)) : final.ExpiresAt;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
