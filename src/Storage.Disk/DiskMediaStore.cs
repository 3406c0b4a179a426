using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Files;
using OrleansIngest.Storage.Disk.Segments;

namespace OrleansIngest.Storage.Disk;

/// <summary>
/// Bytes on a disk: small bodies that come in one go in segments, everything else in a file of its
/// own. The kind of a blob says which it is, and an incoming blob and its content have one name.
/// </summary>
public sealed class DiskMediaStore : IMediaStore, IDisposable
{
    /// <summary>Files of which it is asked at once whether they are used.</summary>
    private const int Batch = 512;

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
    public BlobId New(long? wholeLength = null) =>
        wholeLength > 0 ? _segments.New(wholeLength.Value) : BlobId.NewFile();

    /// <inheritdoc/>
    public ValueTask<long> SafeLength(BlobId incoming, long recorded, CancellationToken cancellation = default) =>
        ValueTask.FromResult(IsExtent(incoming) ? _segments.Length(incoming) : _files.SafeLength(incoming, recorded));

    /// <inheritdoc/>
    public ValueTask<IMediaWriter> Append(BlobId incoming, long offset, CancellationToken cancellation = default) =>
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
        if (IsExtent(blob))
            _segments.EndWriting(blob);
        if (!_putOff.TryPutOff(blob))
            FreeNow(blob);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Until it is disposed no bytes are given back, so that what a copy of the journal names can
    /// be copied at leisure. What is freed meanwhile is given back then; beyond
    /// <see cref="PutOffFrees.MaxRemembered"/> blobs, by a sweep.
    /// </summary>
    public IDisposable KeepAll()
    {
        _putOff.Hold();
        return new Keeping(this);
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
        // The list is whole before it is asked what is used in the first of them.
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
    /// One whose contents cannot be what it was filled with keeps all of them, and the others are
    /// looked at.
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
    /// What cannot be freed is only space, so it is logged and left to the sweep.
    /// </summary>
    private void FreeWhatWasPutOff()
    {
        var (blobs, forgotten) = _putOff.Release();
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

    /// <summary>Whether it is in a segment; if not, it is a file.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    private static bool IsExtent(BlobId blob) => blob.Kind switch
    {
        BlobKind.File => false,
        BlobKind.Extent when blob.IsAligned() => true,
        _ => throw new ArgumentException("This is not a blob of the disk store.", nameof(blob)),
    };

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
