using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Disk.Segments;

namespace OrleansIngest.Salvage;

/// <summary>
/// Brings bytes that share files, which are called segments. They are copied to the same offset in
/// a segment of the same name. A segment is never linked: a hole that is punched into a file is
/// there under all names of the file.
/// </summary>
internal sealed class SegmentSalvage(string folder, string into)
{
    private readonly string _from = SegmentStore.Folder(folder);
    private readonly string _to = SegmentStore.Folder(into);
    private readonly HashSet<Extent> _brought = [];

    /// <summary>
    /// Ranges of segments that take space and were not brought, in words for the operator.
    /// </summary>
    public IEnumerable<string> Unnamed =>
        from segment in SegmentStore.Files(_from)
        from gap in Unneeded(segment)
        select $"{segment.FullName} (bytes {gap.Offset} to {gap.Offset + gap.Length - 1})";

    /// <summary>The bytes of an extent; null if they do not exist.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public byte[]? Read(Extent extent)
    {
        var path = Path.Combine(_from, extent.Segment);
        using var file = File.Exists(path) ? File.OpenRead(path) : null;
        if (file is null || file.Length < extent.Offset + extent.Length)
            return null;
        var bytes = new byte[extent.Length];
        file.Position = extent.Offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Copies the bytes of an extent.</summary>
    /// <returns>False if they do not exist.</returns>
    /// <exception cref="IOException">They cannot be read or written.</exception>
    public bool TryBring(Extent extent)
    {
        if (Read(extent) is not { } bytes)
            return false;
        DataFolder.Make(_to);
        using var file = DiskFile.Open(Path.Combine(_to, extent.Segment));
        RandomAccess.Write(file.SafeFileHandle, bytes, extent.Offset);
        return _brought.Add(extent);
    }

    /// <summary>Makes all copied bytes survive a power cut.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public void Settle()
    {
        foreach (var segment in SegmentStore.Files(_to))
        {
            using var file = DiskFile.Open(segment.FullName);
            FileSync.Data(file.SafeFileHandle);
        }
        DataFolder.Create(_to);
        FileSync.Folder(_to);
    }

    private List<Extent> Unneeded(FileInfo segment)
    {
        using var file = DiskFile.TryOpen(segment.FullName)!;
        return [.. Gaps.Of(segment.Name, file, [], [.. _brought.Where(extent => extent.Segment == segment.Name)])];
    }
}
