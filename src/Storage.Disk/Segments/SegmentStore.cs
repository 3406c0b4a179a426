using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>
/// Stores small bodies that come whole, one after another, in shared files called segments: a file
/// of its own would cost a small photo more than its bytes do, in names, folders and syncs. Only
/// the process that created a segment appends to it. A sweep reclaims extents that a crash left and
/// that no journal names. Extents are never moved.
/// </summary>
internal sealed class SegmentStore(
    string folder, DiskMediaStoreOptions options, DiskSync sync, DiskSpace space, OpenFiles open)
{
    private readonly Lock _lock = new();
    private readonly Readers _readers = new();
    private readonly ConcurrentDictionary<BlobId, ExtentWriter> _writers = new();
    private Segment? _segment; // the one that is being filled

    /// <summary>The folder of segments in a data folder.</summary>
    public static string Folder(string dataFolder) => Path.Combine(dataFolder, "segments");

    /// <summary>The path of a segment in the folder of segments.</summary>
    public static string PathIn(string folder, Guid segment) => Path.Combine(folder, Shelves.NameOf(segment));

    /// <summary>The segments in the folder of segments.</summary>
    public static IEnumerable<(Guid Uuid, FileInfo File)> In(string folder) => Directory.Exists(folder)
        ? from file in new DirectoryInfo(folder).EnumerateFiles()
          let segment = Shelves.UuidOf(file)
          where segment is not null
          select (segment.Value, file)
        : [];

    /// <inheritdoc cref="IMediaStore.New"/>
    public BlobId New(long length)
    {
        lock (_lock)
        {
            // In one step: if a segment is not the current one any more, all its writers are known.
            var writer = Allocate(length);
            _writers[writer.Extent] = writer;
            return writer.Extent;
        }
    }

    /// <inheritdoc cref="IMediaStore.Append"/>
    public IMediaWriter Append(BlobId extent, long offset) =>
        _writers.TryGetValue(extent, out var writer)
        ? writer.Open(offset)
        : throw new IOException("This blob takes no bytes any more.");

    /// <inheritdoc cref="IMediaStore.Finish"/>
    public async ValueTask Finish(BlobId extent, long length)
    {
        DiskFile.CheckLength(Length(extent), length);
        DiskFile.CheckLength(length, extent.Length);
        if (!_writers.TryGetValue(extent, out var writer))
            return; // the extent was finished before
        await writer.Sync();
        EndWriting(extent);
    }

    /// <summary>
    /// The number of bytes in an extent, finished or not; 0 if the extent does not exist.
    /// </summary>
    public long Length(BlobId extent) =>
        _writers.TryGetValue(extent, out var writer) ? writer.Offset : Exists(extent) ? extent.Length : 0;

    /// <inheritdoc cref="IMediaStore.Read"/>
    /// <exception cref="FileNotFoundException">The extent does not exist.</exception>
    public IMediaReader Read(BlobId extent)
    {
        // Entered before the segment is opened, so that the extent is not reclaimed in between.
        if (!_readers.TryEnter(extent))
            throw DiskFile.NotFound(extent);
        try
        {
            var file = open.Open(() => TryOpen(extent) ?? throw DiskFile.NotFound(extent));
            return new ExtentReader(extent, file, onClosed: () => CloseReader(extent));
        }
        catch
        {
            Leave(extent);
            throw;
        }
    }

    /// <summary>
    /// Ends the writing of an extent. From now on a sweep reclaims the extent, unless the journal
    /// names it.
    /// </summary>
    public void EndWriting(BlobId extent) => _writers.TryRemove(extent, out _);

    /// <inheritdoc cref="IMediaStore.Free"/>
    public void Free(BlobId extent)
    {
        if (_readers.Free(extent))
            Reclaim(extent);
    }

    /// <summary>
    /// All segments except the one that is being filled. They get no new extents.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public IReadOnlyList<Guid> Sealed()
    {
        // The folder is listed before the current segment is excluded. In the other order, a
        // segment that is created in between would be in the list although it is being filled.
        var all = In(folder).Select(segment => segment.Uuid).ToList();
        return [.. all.Where(segment => !IsCurrent(segment))];
    }

    /// <summary>
    /// The ranges of a sealed segment that can be freed: those that take space and that are neither
    /// needed nor read or written now.
    /// </summary>
    /// <param name="segment">The UUID of the segment.</param>
    /// <param name="needed">All extents of the segment that the journal names.</param>
    /// <exception cref="IOException">
    /// The disk failed, or the needed extents cannot be right (see <see cref="Gaps"/>).
    /// </exception>
    public List<StoredBlob> Unneeded(Guid segment, IReadOnlyCollection<BlobId> needed)
    {
        using var file = DiskFile.TryOpen(PathOf(segment));
        if (file is null)
            return [];
        List<BlobId> inUse = [.. _writers.Keys.Concat(_readers.All()).Where(extent => extent.Uuid == segment)];
        var gaps = Gaps.Of(segment, file, needed, inUse);
        return [.. gaps.Select(gap => new StoredBlob(gap, gap.Length, IsFinished: true))];
    }

    private ExtentWriter Allocate(long length)
    {
        if (_segment is null || !_segment.HasRoom(options.SegmentSize))
            _segment = new Segment(folder, sync);
        return new ExtentWriter(_segment.Allocate(length), _segment, options.Durability, space);
    }

    private bool IsCurrent(Guid segment)
    {
        lock (_lock)
            return _segment?.Uuid == segment;
    }

    private bool Exists(BlobId extent)
    {
        using var file = _readers.IsFreed(extent) ? null : TryOpen(extent);
        return file is not null;
    }

    /// <summary>
    /// Opens the segment of an extent for reading. Returns null if the segment does not exist or
    /// ends before the extent does.
    /// </summary>
    private SafeFileHandle? TryOpen(BlobId extent)
    {
        var file = DiskFailure.Guard(() => DiskFile.TryOpen(PathOf(extent.Uuid)));
        if (file is null || RandomAccess.GetLength(file) >= extent.Offset + extent.Length)
            return file;
        file.Dispose();
        return null;
    }

    private void CloseReader(BlobId extent)
    {
        open.Close();
        Leave(extent);
    }

    private void Leave(BlobId extent)
    {
        if (_readers.Leave(extent))
            Reclaim(extent);
    }

    private void Reclaim(BlobId extent) => DiskFailure.Guard(() =>
    {
        using var file = DiskFile.TryOpen(PathOf(extent.Uuid), FileAccess.ReadWrite);
        if (file is null)
            return;
        Holes.Punch(file, extent.Offset, extent.End());
        if (IsEmptyForGood(extent.Uuid, file))
            DiskFile.Remove(PathOf(extent.Uuid));
    });

    /// <summary>
    /// Whether a segment holds no bytes and no extent can be written to it. The writers are looked
    /// at before the data: a writer that ends in between has written, and its data is found.
    /// </summary>
    private bool IsEmptyForGood(Guid segment, SafeFileHandle file) =>
        !IsCurrent(segment)
        && _writers.Keys.All(extent => extent.Uuid != segment)
        && !Holes.Data(file, 0, RandomAccess.GetLength(file)).Any();

    private string PathOf(Guid segment) => PathIn(folder, segment);
}
