using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>
/// How objects become the parts of a new one. The server copies what is large enough. A part must
/// have 5 MiB, but for the last one, so smaller objects are gathered with the beginning of what
/// follows, and go through this process.
/// </summary>
internal static class JoinPlan
{
    /// <summary>The largest range that the server copies in one request.</summary>
    public const long Copied = 256 << 20;

    /// <summary>
    /// Plans the parts. Each has one range to be copied, or several to be gathered.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<ObjectRange>> Of(IEnumerable<ObjectRange> objects)
    {
        var parts = new List<IReadOnlyList<ObjectRange>>();
        var gathered = new List<ObjectRange>();
        foreach (var one in objects)
            Add(one, parts, gathered);
        if (gathered.Count > 0)
            parts.Add([.. gathered]);
        return parts;
    }

    private static void Add(ObjectRange source, List<IReadOnlyList<ObjectRange>> parts, List<ObjectRange> gathered)
    {
        var left = source;
        if (gathered.Count > 0)
            left = Gather(left, Math.Min(left.Length, PartSizes.Smallest - Sum(gathered)), parts, gathered);
        while (left.Length >= PartSizes.Smallest)
        {
            var length = Math.Min(left.Length, Copied);
            parts.Add([left with { Length = length }]);
            left = Rest(left, length);
        }
        if (left.Length > 0)
            Gather(left, left.Length, parts, gathered);
    }

    private static ObjectRange Gather(
        ObjectRange source, long length, List<IReadOnlyList<ObjectRange>> parts, List<ObjectRange> gathered)
    {
        gathered.Add(source with { Length = length });
        if (Sum(gathered) >= PartSizes.Smallest)
        {
            parts.Add([.. gathered]);
            gathered.Clear();
        }
        return Rest(source, length);
    }

    private static ObjectRange Rest(ObjectRange source, long length) =>
        new(source.Key, source.Offset + length, source.Length - length);

    private static long Sum(List<ObjectRange> ranges) => ranges.Sum(range => range.Length);
}
