using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Ports;

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
}

/// <summary>
/// Bytes in files: <c>incoming/ab/…</c> while they arrive, <c>media/ab/cd/…</c> when they are finished, under the same
/// random name. So a place is its own location.
/// </summary>
public sealed class DiskMediaStore : IMediaStore, IDisposable
{
    private readonly Shelves _incoming;
    private readonly Shelves _media;
    private readonly DiskSync _sync;
    private readonly DiskSpace _space;
    private readonly Durability _durability;

    /// <summary>Opens the store of a folder, making it if there is none.</summary>
    /// <exception cref="StorageException">It cannot be used; the message says why.</exception>
    public DiskMediaStore(DiskMediaStoreOptions options, ILogger<DiskMediaStore> log)
    {
        _durability = options.Durability;
        _incoming = Shelves.Incoming(options.Folder, _durability);
        _media = Shelves.Media(options.Folder, _durability);
        DataFolder.CheckMoves(DataFolder.Create(_incoming.Root), DataFolder.Create(_media.Root));
        _space = new DiskSpace(_incoming.Root, options.Reserve, log);
        _sync = new DiskSync(_durability);
    }

    /// <inheritdoc/>
    public string NewPlace() => Place.New();

    /// <inheritdoc/>
    public ValueTask<long> Length(string place, CancellationToken cancellation = default)
    {
        using var file = Find(place);
        return ValueTask.FromResult(file is null ? 0 : RandomAccess.GetLength(file));
    }

    /// <inheritdoc/>
    public async ValueTask<long> SafeLength(string place, long recorded, CancellationToken cancellation = default)
    {
        var length = await Length(place, cancellation);
        var isSafe = _durability == Durability.Process || DiskFailure.Guard(() => DiskFile.Exists(_media.PathOf(place)));
        return isSafe ? length : Math.Min(length, recorded);
    }

    /// <inheritdoc/>
    public ValueTask<IMediaWriter> Append(string place, long offset, CancellationToken cancellation = default)
    {
        Place.Check(place);
        var file = DiskFailure.Guard(() => OpenAt(place, offset));
        return ValueTask.FromResult<IMediaWriter>(new DiskWriter(place, file, offset, _durability, _sync, _incoming, _space));
    }

    /// <inheritdoc/>
    public async ValueTask<string> Finish(string place, long length, CancellationToken cancellation = default)
    {
        Place.Check(place);
        await _sync.Run(() => Finish(place, length));
        return place;
    }

    /// <inheritdoc/>
    public ValueTask<IMediaReader> Read(string placeOrLocation, CancellationToken cancellation = default)
    {
        var file = Find(placeOrLocation) ?? throw new FileNotFoundException("The media store has no such bytes.", placeOrLocation);
        return ValueTask.FromResult<IMediaReader>(new DiskReader(file));
    }

    /// <inheritdoc/>
    public ValueTask Free(string placeOrLocation, CancellationToken cancellation = default)
    {
        Place.Check(placeOrLocation);
        DiskFailure.Guard(() => DiskFile.Remove(_incoming.PathOf(placeOrLocation)));
        DiskFailure.Guard(() => DiskFile.Remove(_media.PathOf(placeOrLocation)));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<PlaceInfo> List(CancellationToken cancellation = default) =>
        Files(_incoming, isFinished: false).Concat(Files(_media, isFinished: true)).ToAsyncEnumerable();

    /// <inheritdoc/>
    public void Dispose()
    {
        _sync.Dispose();
        _space.Dispose();
    }

    private FileStream OpenAt(string place, long offset)
    {
        var path = _incoming.MakeRoomFor(place);
        if (!DiskFile.Exists(path) && DiskFile.Exists(_media.PathOf(place)))
            throw new IOException("This place is finished: nothing can be added to it.");
        return DiskFile.OpenAt(path, offset);
    }

    private void Finish(string place, long length)
    {
        var finished = _media.PathOf(place);
        if (DiskFile.Exists(finished))
            DiskFile.CheckLength(new FileInfo(finished).Length, length);
        else
            MoveWhole(place, length);
        _media.Settle(place); // when repeated too: the first attempt may have ended before this
    }

    private void MoveWhole(string place, long length)
    {
        var path = _incoming.MakeRoomFor(place);
        if (length > 0 && !DiskFile.Exists(path))
            DiskFile.CheckLength(0, length);
        using (var file = DiskFile.Open(path))
        {
            DiskFile.CheckLength(file.Length, length);
            _sync.Data(file.SafeFileHandle);
        }
        File.Move(path, _media.MakeRoomFor(place), overwrite: true);
    }

    /// <summary>A file that goes while it is looked at is left out.</summary>
    private static IEnumerable<PlaceInfo> Files(Shelves shelves, bool isFinished) =>
        from file in shelves.Files()
        where Place.IsName(file.Name) && file.Exists
        select new PlaceInfo(file.Name, file.Length, isFinished, new DateTimeOffset(file.LastWriteTimeUtc));

    /// <summary>Finished or not; null if there is nothing.</summary>
    private SafeFileHandle? Find(string place)
    {
        Place.Check(place);
        // The third look finds what was finished between the first and the second.
        return DiskFailure.Guard(() => DiskFile.TryOpen(_media.PathOf(place))
            ?? DiskFile.TryOpen(_incoming.PathOf(place))
            ?? DiskFile.TryOpen(_media.PathOf(place)));
    }
}
