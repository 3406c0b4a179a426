namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>
/// How large parts are. A multipart upload has at most 10 000 parts of 5 MiB or more, but for the
/// last one. The length of a blob is not known beforehand, so parts grow with their number: 2000
/// parts of 5 MiB, then 16 MiB, and more if numbers were used up otherwise.
/// </summary>
internal static class PartSizes
{
    /// <summary>The smallest part, but for the last one.</summary>
    public const long Smallest = 5 << 20;

    /// <summary>The largest number that <see cref="BlobRecord.NextNumber"/> gives.</summary>
    public const int MaxNumber = FinalNumber - 1;

    /// <summary>
    /// The number of the last part, if it is made of recorded tails when the blob is finished.
    /// Every node that does so makes the same part.
    /// </summary>
    public const int FinalNumber = 10_000;

    private const int ManyNumbers = 2000;
    private const long Large = 16 << 20;
    private const long Largest = 64 << 20;
    private const long MiB = 1 << 20;

    /// <summary>
    /// The size of the next part: so large that the largest blob fits into the numbers that are
    /// left.
    /// </summary>
    /// <param name="offset">The offset of the part in the blob.</param>
    /// <param name="used">How many numbers are used up.</param>
    public static long Of(long offset, int used)
    {
        if (used < ManyNumbers)
            return Smallest;
        var needed = (S3Limits.LargestBlob - offset) / Math.Max(1, MaxNumber - used);
        return Math.Clamp((needed + MiB) / MiB * MiB, Large, Largest);
    }
}

/// <summary>What a blob in S3 may be.</summary>
internal static class S3Limits
{
    /// <summary>The length of the largest blob, 100 GiB.</summary>
    public const long LargestBlob = 100L << 30;

    /// <summary>
    /// A file that comes whole and is no longer than this, 8 MiB, is one request.
    /// </summary>
    public const long SmallBody = 8 << 20;
}
