using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>
/// Small bodies that come in one go, one after another in files that they share: for a small photo the names, folders and
/// journal entries of a file of its own cost more than its bytes. A segment is only added to by the process that made it; what
/// a crash leaves in it, and no journal names, is given back by the sweep. Nothing is ever moved.
/// </summary>
internal sealed class SegmentStore(
    string folder, DiskMediaStoreOptions options, DiskSync sync, DiskSpace space, OpenFiles open)
{
    private readonly Lock _lock = new();
    private readonly Readers _readers = new();
    private readonly ConcurrentDictionary<Extent, ExtentWriter> _writers = new();
    private Segment? _segment;

    /// <summary>The folder of segments in a data folder.</summary>
    public static string Folder(string dataFolder) => Path.Combine(dataFolder, "segments");

    /// <summary>The segments in their folder.</summary>
    public static IEnumerable<FileInfo> Files(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles().Where(file => Place.IsName(file.Name))
        : [];

    /// <inheritdoc cref="IMediaStore.NewPlace(long)"/>
    public Extent New(long length)
    {
        var writer = Take(length);
        _writers[writer.Extent] = writer;
        return writer.Extent;
    }

    /// <inheritdoc cref="IMediaStore.Append"/>
    public IMediaWriter Append(Extent extent, long offset) =>
        _writers.TryGetValue(extent, out var writer) ? writer.Open(offset) : throw new IOException("This place takes no bytes any more.");

    /// <inheritdoc cref="IMediaStore.Finish"/>
    public async ValueTask Finish(Extent extent, long length)
    {
        DiskFile.CheckLength(Length(extent), length);
        DiskFile.CheckLength(length, extent.Length);
        if (!_writers.TryGetValue(extent, out var writer))
            return; // it is finished already
        await writer.Sync();
        EndWriting(extent);
    }

    /// <inheritdoc cref="IMediaStore.Length"/>
    public long Length(Extent extent) => _writers.TryGetValue(extent, out var writer) ? writer.Offset : Exists(extent) ? extent.Length : 0;

    /// <inheritdoc cref="IMediaStore.Read"/>
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    public IMediaReader Read(Extent extent)
    {
        if (!_readers.TryEnter(extent))
            throw DiskFile.IsMissing(extent.ToString());
        try
        {
            var file = open.Open(() => TryOpen(extent) ?? throw DiskFile.IsMissing(extent.ToString()));
            return new ExtentReader(extent, file, () => Closed(extent));
        }
        catch
        {
            Leave(extent);
            throw;
        }
    }

    /// <summary>Nothing is written to it any more. From now on a sweep finds it, unless it is needed.</summary>
    public void EndWriting(Extent extent) => _writers.TryRemove(extent, out _);

    /// <inheritdoc cref="IMediaStore.Free"/>
    public void Free(Extent extent)
    {
        if (_readers.Free(extent))
            GiveBack(extent);
    }

    /// <inheritdoc cref="IMediaStore.Shared"/>
    public IEnumerable<string> Sealed()
    {
        var all = Files(folder).Select(file => file.Name).ToList(); // first: a file that is made meanwhile is not among them
        return all.Where(name => !IsCurrent(name));
    }

    /// <inheritdoc cref="IMediaStore.Unneeded"/>
    public List<PlaceInfo> Unneeded(string segment, IReadOnlyCollection<Extent> needed)
    {
        using var file = DiskFile.TryOpen(PathOf(segment));
        if (file is null)
            return [];
        List<Extent> inUse = [.. _writers.Keys.Concat(_readers.All()).Where(extent => extent.Segment == segment)];
        return [.. Gaps.Of(segment, file, needed, inUse).Select(gap => new PlaceInfo(gap.ToString(), gap.Length, IsFinished: true))];
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

    private bool IsCurrent(string segment)
    {
        lock (_lock)
            return _segment?.Name == segment;
    }

    private bool Exists(Extent extent)
    {
        using var file = _readers.IsFreed(extent) ? null : TryOpen(extent);
        return file is not null;
    }

    private SafeFileHandle? TryOpen(Extent extent)
    {
        var file = DiskFailure.Guard(() => DiskFile.TryOpen(PathOf(extent.Segment)));
        if (file is null || RandomAccess.GetLength(file) >= extent.Offset + extent.Length)
            return file;
        file.Dispose();
        return null;
    }

    private void Closed(Extent extent)
    {
        open.Close();
        Leave(extent);
    }

    private void Leave(Extent extent)
    {
        if (_readers.Leave(extent))
            GiveBack(extent);
    }

    private void GiveBack(Extent extent) => DiskFailure.Guard(() =>
    {
        using var file = DiskFile.TryOpen(PathOf(extent.Segment), FileAccess.ReadWrite);
        if (file is null)
            return;
        Holes.Punch(file, extent.Offset, extent.End);
        if (IsUseless(extent.Segment, file))
            DiskFile.Remove(PathOf(extent.Segment));
    });

    /// <summary>Nothing is in it, and nothing can come any more.</summary>
    private bool IsUseless(string segment, SafeFileHandle file) =>
        !IsCurrent(segment)
        && !Holes.Data(file, 0, RandomAccess.GetLength(file)).Any()
        && _writers.Keys.All(extent => extent.Segment != segment);

    private string PathOf(string segment) => Path.Combine(folder, segment);
}
