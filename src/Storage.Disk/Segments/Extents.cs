using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>The alignment of extents in a segment.</summary>
internal static class Extents
{
    /// <summary>
    /// The allocation unit of common file systems, in bytes. Each extent begins at a multiple of
    /// it, so no two extents share a block. A write to one extent therefore cannot damage a
    /// neighbor that is already durable, and a freed extent consists of whole blocks.
    /// </summary>
    public const long Block = 4096;

    /// <summary>The offset at which the next extent may begin.</summary>
    public static long End(this BlobId extent) => (extent.Offset + extent.Length + Block - 1) / Block * Block;

    /// <summary>Whether an extent begins at a multiple of <see cref="Block"/>.</summary>
    public static bool IsAligned(this BlobId extent) => extent.Offset % Block == 0;
}
