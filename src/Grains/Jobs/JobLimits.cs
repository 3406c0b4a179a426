
namespace OrleansIngest.Grains.Jobs;

/// <summary>How much a job takes. Null: any number.</summary>
/// <param name="Media">Media that are here or on their way, duplicates included.</param>
/// <param name="Bytes">Bytes that are here or on their way. A duplicate has none of its own.</param>
[GenerateSerializer, Immutable, Alias("ingest.JobLimits")]
public sealed record JobLimits([property: Id(0)] long? Media, [property: Id(1)] long? Bytes)
{
    /// <summary>A job takes whatever comes.</summary>
    public static readonly JobLimits None = new(null, null);
}
