using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>What takes space in a segment and belongs to no extent that is used.</summary>
internal static class Gaps
{
    /// <summary>Finds it, as extents, in order.</summary>
    /// <param name="segment">The segment's UUID.</param>
    /// <param name="file">The segment, open to read.</param>
    /// <param name="needed">What the journal says is in it.</param>
    /// <param name="inUse">What is read or written now.</param>
    /// <exception cref="IOException">The disk fails, or what is needed cannot be what the segment was filled with.</exception>
    public static IEnumerable<BlobId> Of(
        Guid segment, SafeFileHandle file, IReadOnlyCollection<BlobId> needed, IReadOnlyCollection<BlobId> inUse)
    {
        var length = RandomAccess.GetLength(file);
        Check(segment, needed.Except(inUse), length);
        return from gap in Between(needed.Concat(inUse), length)
               from data in Holes.Data(file, gap.From, gap.To)
               let begin = data.From / Extents.Block * Extents.Block // some file systems have smaller blocks
               select BlobId.Extent(segment, begin, data.To - begin);
    }

    /// <summary>Bits that rotted in one content must not have another one's bytes freed.</summary>
    private static void Check(Guid segment, IEnumerable<BlobId> needed, long length)
    {
        var end = 0L;
        foreach (var extent in needed.OrderBy(extent => extent.Offset))
        {
            var isInside = extent.Uuid == segment && extent.Kind == BlobKind.Extent && extent.Offset + extent.Length <= length;
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
