using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>Finds the ranges of a segment that take space and belong to no used extent.</summary>
internal static class Gaps
{
    /// <summary>Returns these ranges as extents, in the order of their offsets.</summary>
    /// <param name="segment">The UUID of the segment.</param>
    /// <param name="file">The segment, open for reading.</param>
    /// <param name="needed">The extents of the segment that the journal names.</param>
    /// <param name="inUse">The extents that requests read or write now.</param>
    /// <exception cref="IOException">
    /// The disk failed, or the needed extents overlap, are not aligned, or lie outside the segment.
    /// </exception>
    public static IEnumerable<BlobId> Of(
        Guid segment, SafeFileHandle file, IReadOnlyCollection<BlobId> needed, IReadOnlyCollection<BlobId> inUse)
    {
        var length = RandomAccess.GetLength(file);
        Check(segment, needed.Except(inUse), length);
        // A file system with smaller blocks may report data that begins inside a block.
        return from gap in Between(needed.Concat(inUse), length)
               from data in Holes.Data(file, gap.From, gap.To)
               let begin = data.From / Extents.Block * Extents.Block
               select BlobId.Extent(segment, begin, data.To - begin);
    }

    /// <summary>
    /// Checks that the needed extents can be right. A damaged row of the journal may name wrong
    /// extents, and then the bytes of another media would look unused and be freed.
    /// </summary>
    private static void Check(Guid segment, IEnumerable<BlobId> needed, long length)
    {
        var end = 0L;
        foreach (var extent in needed.OrderBy(extent => extent.Offset))
        {
            var isInside = extent.Uuid == segment
                && extent.Kind == BlobKind.Extent
                && extent.Offset + extent.Length <= length;
            if (!isInside || !extent.IsAligned() || extent.Offset < end)
                throw new IOException($"Nothing can be at {extent}: is the database damaged?");
            end = extent.End();
        }
    }

    private static IEnumerable<(long From, long To)> Between(IEnumerable<BlobId> used, long length)
    {
        var end = 0L;
        foreach (var extent in used.OrderBy(extent => extent.Offset))
        {
            yield return (end, extent.Offset);
            end = Math.Max(end, extent.End());
        }
        yield return (end, length);
    }
}
