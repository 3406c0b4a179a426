using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Storage.Disk;

/// <summary>
/// Stores each blob in a file of its own, named after the blob's UUID. The file is
/// <c>incoming/ab/…</c> while an upload appends to the blob, and <c>media/ab/cd/…</c> when the blob
/// is finished.
/// </summary>
internal sealed class FileStore
{
    private readonly Shelves _incoming;
    private readonly Shelves _media;
    private readonly DiskSync _sync;
    private readonly OpenFiles _open;
    private readonly DiskWriteContext _writing;
    private readonly Durability _durability;

    /// <summary>Opens the store of a data folder, and creates it if it does not exist.</summary>
    /// <exception cref="StorageException">
    /// The folder cannot be used; the message says why.
    /// </exception>
    public FileStore(string folder, Durability durability, DiskSync sync, DiskSpace space, OpenFiles open)
    {
        (_durability, _sync, _open) = (durability, sync, open);
        _incoming = Shelves.Incoming(folder, durability);
        _media = Shelves.Media(folder, durability);
        _writing = new DiskWriteContext(sync, _incoming, space, open);
        DataFolder.CheckMoves(DataFolder.Create(_incoming.Root), DataFolder.Create(_media.Root));
    }

    /// <inheritdoc cref="IMediaStore.SafeLength"/>
    public long SafeLength(BlobId blob, long recorded)
    {
        using var file = TryOpen(blob);
        var length = file is null ? 0 : RandomAccess.GetLength(file);
        // A file gets its name in media only after its bytes were synced.
        var isSafe = _durability == Durability.Process
            || DiskFailure.Guard(() => DiskFile.Exists(_media.PathOf(blob.Uuid)));
        return isSafe ? length : Math.Min(length, recorded);
    }

    /// <inheritdoc cref="IMediaStore.Append"/>
    public IMediaWriter Append(BlobId blob, long offset)
    {
        var file = _open.Open(() => DiskFailure.Guard(() => OpenAt(blob, offset)));
        return new DiskWriter(blob, file, offset, _writing);
    }

    /// <inheritdoc cref="IMediaStore.Finish"/>
    public ValueTask Finish(BlobId blob, long length) => _sync.Run(() => FinishNow(blob, length));

    /// <inheritdoc cref="IMediaStore.Read"/>
    /// <exception cref="FileNotFoundException">The blob does not exist.</exception>
    public IMediaReader Read(BlobId blob) =>
        new DiskReader(_open.Open(() => TryOpen(blob) ?? throw DiskFile.NotFound(blob)), _open);

    /// <inheritdoc cref="IMediaStore.Free"/>
    public void Free(BlobId blob)
    {
        DiskFailure.Guard(() => DiskFile.Remove(_incoming.PathOf(blob.Uuid)));
        DiskFailure.Guard(() => DiskFile.Remove(_media.PathOf(blob.Uuid)));
    }

    /// <summary>
    /// Lists all blobs. A blob that is created or removed during the enumeration may be in the list
    /// or not.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public IEnumerable<StoredBlob> List() =>
        List(_incoming, isFinished: false).Concat(List(_media, isFinished: true));

    private FileStream OpenAt(BlobId blob, long offset)
    {
        var path = _incoming.MakeRoomFor(blob.Uuid);
        if (DiskFile.Exists(_media.PathOf(blob.Uuid)))
            throw new IOException("This blob is finished: nothing can be added to it.");
        return DiskFile.OpenAt(path, offset);
    }

    private void FinishNow(BlobId blob, long length)
    {
        // The second IsFinished handles a race: several final uploads may share a part, and another
        // request may have published the file between the first two calls.
        if (!IsFinished(blob, length) && !TryPublish(blob, length) && !IsFinished(blob, length))
            DiskFile.CheckLength(0, length); // there is no file, which is an error unless length is 0
        // Also if the blob was finished before: that attempt may have ended before this line.
        _media.Settle(blob.Uuid);
        DiskFile.Remove(_incoming.PathOf(blob.Uuid));
    }

    private bool IsFinished(BlobId blob, long length)
    {
        using var file = DiskFile.TryOpen(_media.PathOf(blob.Uuid));
        if (file is not null)
            DiskFile.CheckLength(RandomAccess.GetLength(file), length);
        return file is not null;
    }

    /// <summary>
    /// Gives an incoming file its name in <c>media</c>. The old name is kept, and the caller
    /// removes it when the new name is durable. If the file were renamed, a sync of the
    /// <c>incoming</c> folder for another file could make the removal durable before the new name,
    /// and a power cut would lose the file.
    /// </summary>
    /// <returns>
    /// False if there is no incoming file. An empty file is created only if the length is 0:
    /// otherwise it could replace the file that another request has just published.
    /// </returns>
    private bool TryPublish(BlobId blob, long length)
    {
        var path = _incoming.MakeRoomFor(blob.Uuid);
        if (length == 0)
            DiskFile.Open(path).Dispose();
        using var file = DiskFile.TryOpen(path, FileAccess.Write);
        if (file is null)
            return false;
        DiskFile.CheckLength(RandomAccess.GetLength(file), length);
        _sync.Data(file);
        var name = _media.MakeRoomFor(blob.Uuid);
        return DiskFile.TryLink(path, name) || DiskFile.TryMove(path, name);
    }

    private static IEnumerable<StoredBlob> List(Shelves shelves, bool isFinished) =>
        from file in shelves.Files()
        let uuid = Shelves.UuidOf(file)
        where uuid is not null && file.Exists // the file may have been removed during the enumeration
        select new StoredBlob(BlobId.File(uuid.Value), file.Length, isFinished);

    /// <summary>
    /// Opens a blob for reading, finished or not. Returns null if it does not exist.
    /// </summary>
    private SafeFileHandle? TryOpen(BlobId blob)
    {
        // The third attempt finds a blob that was finished between the first and the second.
        return DiskFailure.Guard(() => DiskFile.TryOpen(_media.PathOf(blob.Uuid))
            ?? DiskFile.TryOpen(_incoming.PathOf(blob.Uuid))
            ?? DiskFile.TryOpen(_media.PathOf(blob.Uuid)));
    }
}
