namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>A range of an object.</summary>
/// <param name="Key">The key of the object.</param>
/// <param name="Offset">The offset of the first byte.</param>
/// <param name="Length">The number of bytes.</param>
internal sealed record ObjectRange(string Key, long Offset, long Length);

/// <summary>
/// What a request sends: bytes that are objects already, followed by bytes in memory. The objects
/// are read while they are sent, so that they need no memory.
/// </summary>
/// <param name="Stored">Ranges of objects, in order.</param>
/// <param name="Memory">The bytes that follow them; null if there are none.</param>
internal sealed record Body(IReadOnlyList<ObjectRange> Stored, Blocks? Memory = null)
{
    /// <summary>A body without bytes.</summary>
    public static Body Empty { get; } = new([]);

    /// <summary>The number of bytes.</summary>
    public long Length => Stored.Sum(range => range.Length) + (Memory?.Length ?? 0);
}
