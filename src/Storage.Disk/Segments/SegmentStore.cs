using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>
/// Small bodies that come in one go, one after another in files that they share: for a small photo
/// the names, folders and journal entries of a file of its own cost more than its bytes. A segment
/// is only added to by the process that made it; what a crash leaves in it, and no journal names,
/// is given back by the sweep. Nothing is ever moved.
/// </summary>
internal sealed class SegmentStore(
    string folder, DiskMediaStoreOptions options, DiskSync sync, DiskSpace space, OpenFiles open)
{
    private readonly Lock _lock = new();
    private readonly Readers _readers = new();
    private readonly ConcurrentDictionary<BlobId, ExtentWriter> _writers = new();
    private Segment? _segment;

    /// <summary>The folder of segments in a data folder.</summary>
    public static string Folder(string dataFolder) => Path.Combine(dataFolder, "segments");

    /// <summary>Where a segment is in the folder of segments.</summary>
    public static string PathIn(string folder, Guid segment) => Path.Combine(folder, Shelves.NameOf(segment));

    /// <summary>The segments in their folder.</summary>
    public static IEnumerable<(Guid Uuid, FileInfo File)> In(string folder) => Directory.Exists(folder)
        ? from file in new DirectoryInfo(folder).EnumerateFiles()
          let segment = Shelves.UuidOf(file)
          where segment is not null
          select (segment.Value, file)
        : [];

    /// <inheritdoc cref="IMediaStore.New"/>
    public BlobId New(long length)
    {
        var writer = Take(length);
        _writers[writer.Extent] = writer;
        return writer.Extent;
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
            return; // it is finished already
        await writer.Sync();
        EndWriting(extent);
    }

    /// <summary>Bytes in it, finished or not; 0 if there are none.</summary>
    public long Length(BlobId extent) =>
        _writers.TryGetValue(extent, out var writer) ? writer.Offset : Exists(extent) ? extent.Length : 0;

    /// <inheritdoc cref="IMediaStore.Read"/>
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    public IMediaReader Read(BlobId extent)
    {
        if (!_readers.TryEnter(extent))
            throw DiskFile.IsMissing(extent);
        try
        {
            var file = open.Open(() => TryOpen(extent) ?? throw DiskFile.IsMissing(extent));
            return new ExtentReader(extent, file, () => Closed(extent));
        }
        catch
        {
            Leave(extent);
            throw;
        }
    }

    /// <summary>
    /// Nothing is written to it any more. From now on a sweep finds it, unless it is needed.
    /// </summary>
    public void EndWriting(BlobId extent) => _writers.TryRemove(extent, out _);

    /// <inheritdoc cref="IMediaStore.Free"/>
    public void Free(BlobId extent)
    {
        if (_readers.Free(extent))
            GiveBack(extent);
    }

    /// <summary>
    /// The segments but for the one that is being filled: no new extent comes into these.
    /// </summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public IReadOnlyList<Guid> Sealed()
    {
        // First: one that is made meanwhile is not among them.
        var all = In(folder).Select(segment => segment.Uuid).ToList();
        return [.. all.Where(segment => !IsCurrent(segment))];
    }

    /// <summary>
    /// What can be freed of a sealed segment: all of it but what is needed, read or written.
    /// </summary>
    /// <param name="segment">The segment.</param>
    /// <param name="needed">All contents in it that are needed.</param>
    /// <exception cref="IOException">
    /// The disk fails, or these cannot be the contents of that segment.
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

    private ExtentWriter Take(long length)
    {
        lock (_lock)
        {
            if (_segment is null || !_segment.Takes(options.SegmentSize))
                _segment = new Segment(folder, sync);
            return new ExtentWriter(_segment.Take(length), _segment, options.Durability, space);
        }
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

    private SafeFileHandle? TryOpen(BlobId extent)
    {
        var file = DiskFailure.Guard(() => DiskFile.TryOpen(PathOf(extent.Uuid)));
        if (file is null || RandomAccess.GetLength(file) >= extent.Offset + extent.Length)
            return file;
        file.Dispose();
        return null;
    }

    private void Closed(BlobId extent)
    {
        open.Close();
        Leave(extent);
    }

    private void Leave(BlobId extent)
    {
        if (_readers.Leave(extent))
            GiveBack(extent);
    }

    private void GiveBack(BlobId extent) => DiskFailure.Guard(() =>
    {
        using var file = DiskFile.TryOpen(PathOf(extent.Uuid), FileAccess.ReadWrite);
        if (file is null)
            return;
        Holes.Punch(file, extent.Offset, extent.End());
        if (IsUseless(extent.Uuid, file))
            DiskFile.Remove(PathOf(extent.Uuid));
    });

    /// <summary>Nothing is in it, and nothing can come any more.</summary>
    private bool IsUseless(Guid segment, SafeFileHandle file) =>
        !IsCurrent(segment)
        && !Holes.Data(file, 0, RandomAccess.GetLength(file)).Any()
        && _writers.Keys.All(extent => extent.Uuid != segment);

    private string PathOf(Guid segment) => PathIn(folder, segment);
}
