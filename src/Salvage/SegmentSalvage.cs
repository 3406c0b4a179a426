using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Disk.Segments;

namespace OrleansIngest.Salvage;

/// <summary>
/// Brings bytes that share files. Each is copied to where it was, in a segment of the same name, and never linked: a hole
/// that is made in a file is one under all its names.
/// </summary>
internal sealed class SegmentSalvage(string folder, string into)
{
    private readonly string _from = SegmentStore.Folder(folder);
    private readonly string _to = SegmentStore.Folder(into);
    private readonly HashSet<Extent> _brought = [];

    /// <summary>What takes space in segments and was not brought, for people.</summary>
    public IEnumerable<string> Unnamed =>
        from segment in SegmentStore.Files(_from)
        from gap in Unneeded(segment)
        select $"{segment.FullName} (bytes {gap.Offset} to {gap.Offset + gap.Length - 1})";

    /// <summary>The bytes of an extent; null if they are not there.</summary>
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

    /// <summary>Brings an extent.</summary>
    /// <returns>False if its bytes are not there.</returns>
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

    /// <summary>When it returns, all that was brought survives a power cut.</summary>
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
