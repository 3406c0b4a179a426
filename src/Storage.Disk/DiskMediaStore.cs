using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Segments;

namespace OrleansIngest.Storage.Disk;

/// <summary>Where a <see cref="DiskMediaStore"/> keeps its files, and how.</summary>
public sealed record DiskMediaStoreOptions
{
    /// <summary>The folder of <c>incoming</c> and <c>media</c>; created if it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary>What acknowledged bytes survive.</summary>
    public Durability Durability { get; init; } = Durability.Disk;

    /// <summary>Free bytes of the folder's disk that uploads leave to everything else.</summary>
    public long Reserve { get; init; }

    /// <summary>From this size on nothing is added to a segment; at most 2 GiB.</summary>
    public long SegmentSize { get; init; } = 256 << 20;

    /// <summary>How many files may be open at once to append to or to read from.</summary>
    public int MaxOpenFiles { get; init; } = int.MaxValue;
}

/// <summary>
/// Bytes on a disk: small bodies that come in one go in segments, everything else in a file of its own. What a place is called
/// says which it is, and a place is its own location.
/// </summary>
public sealed class DiskMediaStore : IMediaStore, IDisposable
{
    private readonly ILogger _log;
    private readonly PutOffFrees _putOff = new();
    private readonly DiskSync _sync;
    private readonly DiskSpace _space;
    private readonly FileStore _files;
    private readonly SegmentStore _segments;

    /// <summary>Opens the store of a folder, making it if there is none.</summary>
    /// <exception cref="StorageException">It cannot be used; the message says why.</exception>
    public DiskMediaStore(DiskMediaStoreOptions options, ILogger<DiskMediaStore> log)
    {
        _log = log;
        var segments = DataFolder.Create(SegmentStore.Folder(options.Folder));
        DataFolder.CheckWrites(segments);
        _space = new DiskSpace(segments, options.Reserve, log);
        _sync = new DiskSync(options.Durability);
        var open = new OpenFiles(options.MaxOpenFiles);
        _files = new FileStore(options.Folder, options.Durability, _sync, _space, open);
        _segments = new SegmentStore(segments, options, _sync, _space, open);
    }

    /// <inheritdoc/>
    public string NewPlace() => Place.New();

    /// <inheritdoc/>
    public string NewPlace(long length) => length == 0 ? Place.New() : _segments.New(length).ToString();

    /// <inheritdoc/>
    public ValueTask<long> Length(string place, CancellationToken cancellation = default) =>
        ValueTask.FromResult(IsExtent(place, out var extent) ? _segments.Length(extent) : _files.Length(place));

    /// <inheritdoc/>
    public ValueTask<long> SafeLength(string place, long recorded, CancellationToken cancellation = default) =>
        ValueTask.FromResult(IsExtent(place, out var extent) ? _segments.Length(extent) : _files.SafeLength(place, recorded));

    /// <inheritdoc/>
    public ValueTask<IMediaWriter> Append(string place, long offset, CancellationToken cancellation = default) =>
        ValueTask.FromResult(IsExtent(place, out var extent) ? _segments.Append(extent, offset) : _files.Append(place, offset));

    /// <inheritdoc/>
    public async ValueTask<string> Finish(string place, long length, CancellationToken cancellation = default)
    {
        await (IsExtent(place, out var extent) ? _segments.Finish(extent, length) : _files.Finish(place, length));
        return place;
    }

    /// <inheritdoc/>
    public ValueTask<IMediaReader> Read(string placeOrLocation, CancellationToken cancellation = default) =>
        ValueTask.FromResult(IsExtent(placeOrLocation, out var extent) ? _segments.Read(extent) : _files.Read(placeOrLocation));

    /// <inheritdoc/>
    public ValueTask Free(string placeOrLocation, CancellationToken cancellation = default)
    {
        if (IsExtent(placeOrLocation, out var extent)) // what is no place at all is refused
            _segments.EndWriting(extent);
        if (!_putOff.TryPutOff(placeOrLocation))
            FreeNow(placeOrLocation);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Until it is disposed no bytes are given back, so that what a copy of the journal names can be copied at leisure. What is
    /// freed meanwhile is given back then; beyond <see cref="PutOffFrees.MaxRemembered"/> places, by a sweep.
    /// </summary>
    public IDisposable KeepAll()
    {
        _putOff.Hold();
        return new Keeping(this);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<PlaceInfo> List(CancellationToken cancellation = default) => _files.List().ToAsyncEnumerable();

    /// <inheritdoc/>
    public IAsyncEnumerable<string> Shared(CancellationToken cancellation = default) => _segments.Sealed().ToAsyncEnumerable();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PlaceInfo>> Unneeded(string shared, IReadOnlyCollection<string> needed, CancellationToken cancellation = default)
    {
        Place.Check(shared);
        return ValueTask.FromResult<IReadOnlyList<PlaceInfo>>(DiskFailure.Guard(() => _segments.Unneeded(shared, [.. needed.Select(InSegment)])));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sync.Dispose();
        _space.Dispose();
    }

    private void FreeNow(string place)
    {
        if (IsExtent(place, out var extent))
            _segments.Free(extent);
        else
            _files.Free(place);
    }

    /// <summary>What cannot be freed is only space, so it is logged and left to the sweep.</summary>
    private void FreeWhatWasPutOff()
    {
        var (places, forgotten) = _putOff.Release();
        foreach (var place in places)
        {
            try
            {
                FreeNow(place);
            }
            catch (IOException e)
            {
                _log.LogWarning(e, "{Place} could not be freed; a sweep will", place);
            }
        }
        if (forgotten > 0)
            _log.LogWarning("{Count} places were not freed while bytes were copied; a sweep will free them", forgotten);
    }

    /// <summary>Whether it is a place in a segment; if not, it must be one of a file.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    private static bool IsExtent(string place, out Extent extent)
    {
        if (Extent.TryParse(place, out extent))
            return true;
        Place.Check(place);
        return false;
    }

    private static Extent InSegment(string location) =>
        Extent.TryParse(location, out var extent) ? extent : throw new IOException("A location is none: is the database damaged?");

    private sealed class Keeping(DiskMediaStore store) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                store.FreeWhatWasPutOff();
        }
    }
}
