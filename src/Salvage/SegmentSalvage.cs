using OrleansIngest.Grains.Model;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk.Files;
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
    private readonly HashSet<BlobId> _brought = [];

    /// <summary>
    /// Ranges of segments that take space and were not brought, in words for the operator.
    /// </summary>
    public IEnumerable<string> Unnamed =>
        from segment in SegmentStore.In(_from)
        from gap in Unneeded(segment.Uuid, segment.File)
        select $"{segment.File.FullName} (bytes {gap.Offset} to {gap.Offset + gap.Length - 1})";

    /// <summary>The bytes of an extent; null if they do not exist.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public byte[]? Read(BlobId extent)
    {
        var path = SegmentStore.PathIn(_from, extent.Uuid);
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
    public bool TryBring(BlobId extent)
    {
        if (Read(extent) is not { } bytes)
            return false;
        DataFolder.Make(_to);
        using var file = DiskFile.Open(SegmentStore.PathIn(_to, extent.Uuid));
        RandomAccess.Write(file.SafeFileHandle, bytes, extent.Offset);
        return _brought.Add(extent);
    }

    /// <summary>Makes all copied bytes survive a power cut.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public void Settle()
    {
        foreach (var (_, segment) in SegmentStore.In(_to))
        {
            using var file = DiskFile.Open(segment.FullName);
            FileSync.Data(file.SafeFileHandle);
        }
        DataFolder.Create(_to);
        FileSync.Folder(_to);
    }

    private List<BlobId> Unneeded(Guid segment, FileInfo file)
    {
        using var bytes = DiskFile.TryOpen(file.FullName)!;
        return [.. Gaps.Of(segment, bytes, [], [.. _brought.Where(extent => extent.Uuid == segment)])];
    }
}
