using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>What takes space in a segment and belongs to no extent that is used.</summary>
internal static class Gaps
{
    /// <summary>Finds it, as extents, in order.</summary>
    /// <param name="segment">The segment's name.</param>
    /// <param name="file">The segment, open to read.</param>
    /// <param name="needed">What the journal says is in it.</param>
    /// <param name="inUse">What is read or written now.</param>
    /// <exception cref="IOException">The disk fails, or what is needed cannot be what the segment was filled with.</exception>
    public static IEnumerable<Extent> Of(string segment, SafeFileHandle file, IReadOnlyCollection<Extent> needed, IReadOnlyCollection<Extent> inUse)
    {
        var length = RandomAccess.GetLength(file);
        Check(segment, needed.Except(inUse), length);
        return from gap in Between(needed.Concat(inUse), length)
               from data in Holes.Data(file, gap.From, gap.To)
               let begin = data.From / Extent.Block * Extent.Block // some file systems have smaller blocks
               select new Extent(segment, begin, data.To - begin);
    }

    /// <summary>Bits that rotted in one location must not have another one's bytes freed.</summary>
    private static void Check(string segment, IEnumerable<Extent> needed, long length)
    {
        var end = 0L;
        foreach (var extent in needed.OrderBy(extent => extent.Offset))
        {
            if (extent.Segment != segment || extent.Offset < end || extent.Offset + extent.Length > length)
                throw new IOException($"Nothing can be at {extent}: is the database damaged?");
            end = extent.End;
        }
    }

    private static IEnumerable<(long From, long To)> Between(IEnumerable<Extent> used, long length)
    {
        var end = 0L;
        foreach (var extent in used.OrderBy(extent => extent.Offset))
        {
            yield return (end, extent.Offset);
            end = Math.Max(end, extent.End);
        }
        yield return (end, length);
    }
}
