using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Files;
using OrleansIngest.Storage.Disk.Segments;

namespace OrleansIngest.Storage.Disk;

/// <summary>
/// Stores blobs on a disk. A small body that comes whole is an extent of a segment; every other
/// blob is a file of its own. The kind of a <see cref="BlobId"/> tells them apart. A blob keeps its
/// id when it is finished.
/// </summary>
public sealed class DiskMediaStore : IMediaStore, IDisposable
{
    /// <summary>The number of files per call of <see cref="IBlobUse.Used"/>.</summary>
    private const int Batch = 512;

    private readonly ILogger _log;
    private readonly PutOffFrees _postponed = new();
    private readonly DiskSync _sync;
    private readonly DiskSpace _space;
    private readonly FileStore _files;
    private readonly SegmentStore _segments;

    /// <summary>Opens the store of a data folder, and creates it if it does not exist.</summary>
    /// <exception cref="StorageException">
    /// The folder cannot be used; the message says why.
    /// </exception>
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
    public BlobId New(long? wholeLength = null) =>
        wholeLength > 0 ? _segments.New(wholeLength.Value) : BlobId.NewFile();

    /// <inheritdoc/>
    public ValueTask<long> SafeLength(BlobId incoming, long recorded, CancellationToken cancellation = default) =>
        ValueTask.FromResult(IsExtent(incoming) ? _segments.Length(incoming) : _files.SafeLength(incoming, recorded));

    /// <inheritdoc/>
    public ValueTask<IMediaWriter> Append(
        BlobId incoming, long offset, long generation = 0, CancellationToken cancellation = default) =>
        ValueTask.FromResult(IsExtent(incoming) ? _segments.Append(incoming, offset) : _files.Append(incoming, offset));

    /// <inheritdoc/>
    public async ValueTask<BlobId> Finish(BlobId incoming, long length, CancellationToken cancellation = default)
    {
        await (IsExtent(incoming) ? _segments.Finish(incoming, length) : _files.Finish(incoming, length));
        return incoming;
    }

    /// <inheritdoc/>
    public ValueTask<IMediaReader> Read(BlobId blob, CancellationToken cancellation = default) =>
        ValueTask.FromResult(IsExtent(blob) ? _segments.Read(blob) : _files.Read(blob));

    /// <inheritdoc/>
    public ValueTask Free(BlobId blob, CancellationToken cancellation = default)
    {
        // Writing ends even if the freeing is postponed: only then can a sweep find the extent.
        if (IsExtent(blob))
            _segments.EndWriting(blob);
        if (!_postponed.TryPutOff(blob))
            FreeNow(blob);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Postpones every <see cref="Free"/> until the result is disposed, so that a backup can copy
    /// all blobs that its copy of the journal names. A sweep frees the blobs beyond the first
    /// <see cref="PutOffFrees.MaxRemembered"/>.
    /// </summary>
    public IDisposable KeepAll()
    {
        _postponed.Hold();
        return new Hold(this);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredBlob> Unused(
        IBlobUse use, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var found in _files.List().Chunk(Batch))
        {
            var used = await use.Used([.. found.Select(file => file.Blob)], cancellation);
            foreach (var file in found.Where(file => !used.Contains(file.Blob)))
                yield return file;
        }
        // The whole list of segments is read before the first question about a segment. A segment
        // that is created later may get extents that the answers do not know.
        foreach (var segment in _segments.Sealed())
        {
            foreach (var extent in await UnusedIn(segment, use, cancellation))
                yield return extent;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sync.Dispose();
        _space.Dispose();
    }

    /// <summary>
    /// The unused extents of a segment. If the used extents cannot be right, the result is empty
    /// and the sweep continues with the next segment.
    /// </summary>
    private async Task<IReadOnlyList<StoredBlob>> UnusedIn(Guid segment, IBlobUse use, CancellationToken cancellation)
    {
        try
        {
            var used = await use.UsedIn(segment, cancellation);
            return DiskFailure.Guard(() => _segments.Unneeded(segment, used));
        }
        catch (IOException e)
        {
            use.Distrust(segment, e);
            return [];
        }
    }

    private void FreeNow(BlobId blob)
    {
        if (IsExtent(blob))
            _segments.Free(blob);
        else
            _files.Free(blob);
    }

    /// <summary>
    /// Frees the postponed blobs. A failure is logged and does not end the caller's work: it costs
    /// only space, and a sweep tries again.
    /// </summary>
    private void FreePostponed()
    {
        var (blobs, forgotten) = _postponed.Release();
        foreach (var blob in blobs)
        {
            try
            {
                FreeNow(blob);
            }
            catch (IOException e)
            {
                _log.LogWarning(e, "{Blob} could not be freed; a sweep will", blob);
            }
        }
        if (forgotten > 0)
            _log.LogWarning("{Count} blobs were not freed while bytes were copied; a sweep will free them", forgotten);
    }

    /// <summary>
    /// Whether a blob is an extent of a segment. If not, it is a file of its own.
    /// </summary>
    /// <exception cref="ArgumentException">The blob is neither.</exception>
    private static bool IsExtent(BlobId blob) => blob.Kind switch
    {
        BlobKind.File => false,
        BlobKind.Extent when blob.IsAligned() => true,
        _ => throw new ArgumentException("This is not a blob of the disk store.", nameof(blob)),
    };

    private sealed class Hold(DiskMediaStore store) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                store.FreePostponed();
        }
    }
}
