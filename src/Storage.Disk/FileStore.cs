using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Storage.Disk;

/// <summary>
/// Bytes in files of their own: <c>incoming/ab/…</c> while they arrive, <c>media/ab/cd/…</c> when they are finished, under
/// the same random name.
/// </summary>
internal sealed class FileStore
{
    private readonly Shelves _incoming;
    private readonly Shelves _media;
    private readonly DiskSync _sync;
    private readonly DiskSpace _space;
    private readonly OpenFiles _open;
    private readonly Durability _durability;

    /// <summary>Opens the store of a folder, making it if there is none.</summary>
    /// <exception cref="StorageException">It cannot be used; the message says why.</exception>
    public FileStore(string folder, Durability durability, DiskSync sync, DiskSpace space, OpenFiles open)
    {
        (_durability, _sync, _space, _open) = (durability, sync, space, open);
        _incoming = Shelves.Incoming(folder, durability);
        _media = Shelves.Media(folder, durability);
        DataFolder.CheckMoves(DataFolder.Create(_incoming.Root), DataFolder.Create(_media.Root));
    }

    /// <inheritdoc cref="IMediaStore.SafeLength"/>
    public long SafeLength(BlobId blob, long recorded)
    {
        using var file = Find(blob);
        var length = file is null ? 0 : RandomAccess.GetLength(file);
        var isSafe = _durability == Durability.Process || DiskFailure.Guard(() => DiskFile.Exists(_media.PathOf(blob.Uuid)));
        return isSafe ? length : Math.Min(length, recorded);
    }

    /// <inheritdoc cref="IMediaStore.Append"/>
    public IMediaWriter Append(BlobId blob, long offset)
    {
        var file = _open.Open(() => DiskFailure.Guard(() => OpenAt(blob, offset)));
        return new DiskWriter(blob, file, offset, _durability, _sync, _incoming, _space, _open);
    }

    /// <inheritdoc cref="IMediaStore.Finish"/>
    public ValueTask Finish(BlobId blob, long length) => _sync.Run(() => FinishNow(blob, length));

    /// <inheritdoc cref="IMediaStore.Read"/>
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    public IMediaReader Read(BlobId blob) =>
        new DiskReader(_open.Open(() => Find(blob) ?? throw DiskFile.IsMissing(blob)), _open);

    /// <inheritdoc cref="IMediaStore.Free"/>
    public void Free(BlobId blob)
    {
        DiskFailure.Guard(() => DiskFile.Remove(_incoming.PathOf(blob.Uuid)));
        DiskFailure.Guard(() => DiskFile.Remove(_media.PathOf(blob.Uuid)));
    }

    /// <summary>All blobs that are there, or were when the listing came by.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public IEnumerable<StoredBlob> List() => Files(_incoming, isFinished: false).Concat(Files(_media, isFinished: true));

    private FileStream OpenAt(BlobId blob, long offset)
    {
        var path = _incoming.MakeRoomFor(blob.Uuid);
        if (DiskFile.Exists(_media.PathOf(blob.Uuid)))
            throw new IOException("This blob is finished: nothing can be added to it.");
        return DiskFile.OpenAt(path, offset);
    }

    private void FinishNow(BlobId blob, long length)
    {
        // The second look finds what somebody else moved after the first: a part belongs to all who were told of it.
        if (!IsFinished(blob, length) && !TryName(blob, length) && !IsFinished(blob, length))
            DiskFile.CheckLength(0, length);
        _media.Settle(blob.Uuid); // when repeated too: the first attempt may have ended before this
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
    /// Gives a file its name among the finished ones. Its old name stays until that is durable: a disk may come to know that the old one is
    /// gone, for another file of the same folder is synced, before it knows the new one.
    /// </summary>
    /// <returns>False if there is none. No file is made that should have bytes: it could take the place of the one that has them.</returns>
    private bool TryName(BlobId blob, long length)
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

    /// <summary>A file that goes while it is looked at is left out.</summary>
    private static IEnumerable<StoredBlob> Files(Shelves shelves, bool isFinished) =>
        from file in shelves.Files()
        let uuid = Shelves.UuidOf(file)
        where uuid is not null && file.Exists
        select new StoredBlob(BlobId.File(uuid.Value), file.Length, isFinished);

    /// <summary>Finished or not; null if there is nothing.</summary>
    private SafeFileHandle? Find(BlobId blob)
    {
        // The third look finds what was finished between the first and the second.
        return DiskFailure.Guard(() => DiskFile.TryOpen(_media.PathOf(blob.Uuid))
            ?? DiskFile.TryOpen(_incoming.PathOf(blob.Uuid))
            ?? DiskFile.TryOpen(_media.PathOf(blob.Uuid)));
    }
}
