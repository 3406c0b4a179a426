namespace OrleansIngest.Grains.Jobs;

/// <summary>The limits of a job. Null means no limit.</summary>
/// <param name="Media">The number of open, stored and duplicate media.</param>
/// <param name="Bytes">
/// The total length of stored media and open uploads. A duplicate has no bytes of its own.
/// </param>
[GenerateSerializer, Immutable, Alias("ingest.JobLimits")]
public sealed record JobLimits([property: Id(0)] long? Media, [property: Id(1)] long? Bytes)
{
    /// <summary>No limits.</summary>
    public static readonly JobLimits None = new(null, null);
}
