using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

/// <summary>The partial uploads that a final upload is made of, as far as they are there.</summary>
/// <param name="Parts">Their rows, up to the first that is missing.</param>
/// <param name="Missing">The URL of the first part that is not there; null if all are.</param>
internal sealed record ConcatUploads(IReadOnlyList<UploadRow> Parts, string? Missing)
{
    /// <summary>
    /// The length of the whole; null as long as a client has not said how long its part is.
    /// </summary>
    public long? Length => Parts.Aggregate((long?)0, (sum, part) => sum + part.Length);

    /// <summary>Whether all parts have all of their bytes.</summary>
    public bool AreWhole => Parts.All(part => part.IsWhole);

    /// <summary>Looks the parts of a final upload up.</summary>
    /// <exception cref="JournalException">The rows cannot be read now.</exception>
    public static async Task<ConcatUploads> Find(IUploads rows, string job, string concat)
    {
        var urls = ConcatHeader.TryParse(concat)!.Urls;
        var ids = urls.Select(url => ConcatHeader.Id(url, job)).TakeWhile(id => id is not null).Select(id => id!.Value);
        var found = await rows.Find(job, ids);
        var parts = found.TakeWhile(part => part.IsPartial).ToList();
        return new ConcatUploads(parts, parts.Count == urls.Count ? null : urls[parts.Count]);
    }

    /// <summary>
    /// Whether an id is a part's. A part's bytes belong to a file that is still to come, so no
    /// media may take its place.
    /// </summary>
    /// <exception cref="JournalException">The rows cannot be read now.</exception>
    public static async ValueTask<bool> IsPart(IUploads rows, string job, Guid id) =>
        ConcatPartIds.MayBe(id) && await rows.Find(job, id) is { IsPartial: true };
}
