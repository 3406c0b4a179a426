namespace OrleansIngest.Grains.Model;

/// <summary>The number of media of a job in each status. Every media counts once.</summary>
/// <param name="Open">Uploads that have started and not ended.</param>
/// <param name="Stored">Media that have bytes of their own.</param>
/// <param name="Duplicates">Media that share the bytes of a stored one.</param>
/// <param name="Failed">Uploads that ended without a media, and damaged media.</param>
/// <param name="Deleted">Deleted media.</param>
/// <param name="StoredBytes">The total length of the stored media.</param>
[GenerateSerializer, Immutable, Alias("ingest.JobCounts")]
public readonly record struct JobCounts(
    [property: Id(0)] long Open, [property: Id(1)] long Stored, [property: Id(2)] long Duplicates,
    [property: Id(3)] long Failed, [property: Id(4)] long Deleted, [property: Id(5)] long StoredBytes)
{
    /// <summary>All media except deleted ones.</summary>
    public long Total => Open + Stored + Duplicates + Failed;

    internal JobCounts With(Media media) => Add(media, 1);

    internal JobCounts Without(Media media) => Add(media, -1);

    private JobCounts Add(Media media, int sign) => media.Status switch
    {
        MediaStatus.Open => this with { Open = Open + sign },
        MediaStatus.Stored => this with
        {
            Stored = Stored + sign,
            StoredBytes = StoredBytes + (sign * media.Length!.Value),
        },
        MediaStatus.Duplicate => this with { Duplicates = Duplicates + sign },
        MediaStatus.Failed => this with { Failed = Failed + sign },
        MediaStatus.Deleted => this with { Deleted = Deleted + sign },
        _ => throw new InvalidOperationException($"A media cannot be {media.Status}."),
    };
}
