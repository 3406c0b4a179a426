using OrleansIngest.Grains.Ports;
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
    private readonly HashSet<BlobId> _brought = [];

    /// <summary>What takes space in segments and was not brought, for people.</summary>
    public IEnumerable<string> Unnamed =>
        from segment in SegmentStore.In(_from)
        from gap in Unneeded(segment.Uuid, segment.File)
        select $"{segment.File.FullName} (bytes {gap.Offset} to {gap.Offset + gap.Length - 1})";

    /// <summary>The bytes of an extent; null if they are not there.</summary>
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

    /// <summary>Brings an extent.</summary>
    /// <returns>False if its bytes are not there.</returns>
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

    /// <summary>When it returns, all that was brought survives a power cut.</summary>
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
