using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>Extents as a segment is filled with them.</summary>
internal static class Extents
{
    /// <summary>
    /// What file systems allocate in. No two extents share a block: so none is written together
    /// with a neighbour that is durable already, and a freed one is whole blocks.
    /// </summary>
    public const long Block = 4096;

    /// <summary>Where the next one may begin.</summary>
    public static long End(this BlobId extent) => (extent.Offset + extent.Length + Block - 1) / Block * Block;

    /// <summary>Whether it begins where one can.</summary>
    public static bool IsAligned(this BlobId extent) => extent.Offset % Block == 0;
}
