using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk.Files;
using OrleansIngest.Storage.Disk.Segments;

namespace OrleansIngest.Salvage.Backup;

/// <summary>
/// The bytes of media and uploads in a backup's folder. A media's file is never changed, only
/// replaced as a whole by a better copy. A segment is written only where the last backup has no
/// good bytes. The file of an open upload grows; it is cut if the upload has gone back since
/// the last backup.
/// </summary>
internal sealed class BackupBytes(string folder, IMediaStore store, TimeProvider time) : IDisposable
{
    private const int Block = 1 << 20;
    private const int Attempts = 10;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Shelves _incoming = Shelves.Incoming(folder, Durability.Disk);
    private readonly Shelves _media = Shelves.Media(folder, Durability.Disk);
    private readonly string _segments = SegmentStore.Folder(folder);
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Block);

    /// <summary>Whether as many bytes exist as there should be.</summary>
    public bool Has(NamedBytes named) => named.Content.Sources.Sum(LengthOf) == named.Length;

    /// <summary>The SHA-256 of the bytes in the backup.</summary>
    /// <exception cref="IOException">The bytes cannot be read.</exception>
    public Sha256Hash Hash(NamedBytes named)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in named.Content.Sources)
            AddTo(hash, part);
        return Sha256Hash.FromBytes(hash.GetHashAndReset());
    }

    /// <summary>
    /// Copies bytes from the store. Keeps the copy if it is right, or if no media counts
    /// on the bytes.
    /// </summary>
    /// <returns>What is wrong with the bytes, in words for the operator; null if
    /// nothing is wrong.</returns>
    /// <exception cref="StoreBusyException">The store has too many files open, and still had
    /// after some time.</exception>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    public async Task<string?> Copy(NamedBytes named, CancellationToken cancellation)
    {
        var (damage, hash) = await CopyParts(named, cancellation);
        if (damage is null && hash != named.Sha256)
            damage = $"its bytes have the SHA-256 {hash}, and should have {named.Sha256}";
        foreach (var part in named.Content.Sources)
            End(part, isKept: damage is null || (hash is not null && !named.IsStored));
        return damage;
    }

    /// <summary>
    /// Copies the bytes that an open upload has received since the last backup. There may be
    /// fewer than the copy of the journal says: an upload goes back to the offset that its
    /// client was promised.
    /// </summary>
    /// <param name="incoming">The blob that receives the bytes, a file.</param>
    /// <param name="from">How many bytes the last backup has.</param>
    /// <param name="to">How many bytes of the upload count at most; null if all do.</param>
    /// <param name="cancellation">Ends the copying.</param>
    /// <returns>What is wrong, in words for the operator; null if nothing is wrong.</returns>
    /// <exception cref="StoreBusyException">The store has too many files open, and still had
    /// after some time.</exception>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    public async Task<string?> CopyIncoming(BlobId incoming, long from, long? to, CancellationToken cancellation)
    {
        if (to == 0 || File.Exists(_media.PathOf(incoming.Uuid)))
            return null;
        var (reader, damage) = await TryRead(incoming, cancellation);
        if (reader is null)
            return damage;
        await using var _ = reader;
        var end = Math.Min(to ?? long.MaxValue, reader.Length);
        using var file = DiskFile.Open(_incoming.MakeRoomFor(incoming.Uuid));
        from = Math.Min(Math.Min(from, end), file.Length);
        file.SetLength(from);
        return await Copy(reader, from, end, file.SafeFileHandle, from, hash: null, cancellation);
    }

    /// <summary>Removes the bytes that a journal does not name.</summary>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    public void Prune(BackupJournal journal)
    {
        foreach (var files in _media.Files().Concat(_incoming.Files()).Chunk(512))
            Prune(files, journal);
        foreach (var (segment, file) in SegmentStore.In(_segments))
            Prune(segment, file, journal);
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>
    /// Where to write a part. An extent is written to its final place, because no media counts on
    /// it yet; a file gets its final name when it is right.
    /// </summary>
    private string PathOf(BlobId part)
    {
        if (part.Kind == BlobKind.File)
            return _media.MakeRoomFor(part.Uuid) + BackupFolder.Unfinished;
        DataFolder.Make(_segments);
        return SegmentStore.PathIn(_segments, part.Uuid);
    }

    /// <summary>Where it is when the backup is done.</summary>
    private string FinishedPathOf(BlobId part) =>
        part.Kind == BlobKind.File ? _media.PathOf(part.Uuid) : SegmentStore.PathIn(_segments, part.Uuid);

    private long LengthOf(BlobId part)
    {
        var file = new FileInfo(FinishedPathOf(part));
        if (!file.Exists)
            return -1;
        return part.Kind == BlobKind.File ? file.Length : Math.Min(part.Length, file.Length - part.Offset);
    }

    private void AddTo(IncrementalHash hash, BlobId part)
    {
        using var file = File.OpenHandle(FinishedPathOf(part));
        var (offset, left) = (part.Offset, part.Kind == BlobKind.File ? RandomAccess.GetLength(file) : part.Length);
        while (RandomAccess.Read(file, _buffer.AsSpan(0, (int)Math.Min(Block, left)), offset) is > 0 and var read)
        {
            hash.AppendData(_buffer, 0, read);
            (offset, left) = (offset + read, left - read);
        }
    }

    private async Task<(string? Damage, Sha256Hash? Hash)> CopyParts(NamedBytes named, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in named.Content.Sources)
        {
            if (await CopyPart(part, hash, cancellation) is { } damage)
                return (damage, null);
        }
        return (null, Sha256Hash.FromBytes(hash.GetHashAndReset()));
    }

    private async Task<string?> CopyPart(BlobId part, IncrementalHash hash, CancellationToken cancellation)
    {
        var (reader, damage) = await TryRead(part, cancellation);
        if (reader is null)
            return damage;
        await using var _ = reader;
        using var file = DiskFile.Open(PathOf(part));
        return await Copy(reader, 0, reader.Length, file.SafeFileHandle, part.Offset, hash, cancellation);
    }

    private async Task<string?> Copy(
        IMediaReader reader, long from, long end, SafeFileHandle file, long at, IncrementalHash? hash,
        CancellationToken cancellation)
    {
        while (from < end)
        {
            int read;
            try
            {
                read = await reader.Read(_buffer.AsMemory(0, (int)Math.Min(Block, end - from)), from, cancellation);
            }
            catch (IOException e)
            {
                return CannotBeRead(e);
            }
            if (read == 0)
                break; // An upload has gone back. A media without these bytes has another hash.
            RandomAccess.Write(file, _buffer.AsSpan(0, read), at);
            hash?.AppendData(_buffer, 0, read);
            (from, at) = (from + read, at + read);
        }
        if (!OperatingSystem.IsLinux())
            FileSync.Data(file); // On Linux, one call at the end waits for all files.
        return null;
    }

    private async Task<(IMediaReader? Reader, string? Damage)> TryRead(BlobId blob, CancellationToken cancellation)
    {
        try
        {
            return (await Read(blob, cancellation), null);
        }
        catch (FileNotFoundException)
        {
            return (null, "its bytes are gone");
        }
        catch (Exception e) when (e is (IOException and not StoreBusyException) or UnauthorizedAccessException)
        {
            return (null, CannotBeRead(e));
        }
    }

    /// <summary>
    /// Opens a blob. Waits a while if the store has too many files open, because that
    /// tells nothing about these bytes.
    /// </summary>
    private async Task<IMediaReader> Read(BlobId blob, CancellationToken cancellation)
    {
        for (var left = Attempts - 1; ; left--)
        {
            try
            {
                return await store.Read(blob, cancellation);
            }
            catch (StoreBusyException) when (left > 0)
            {
                await Task.Delay(s_pause, time, cancellation);
            }
        }
    }

    private void End(BlobId part, bool isKept)
    {
        var path = PathOf(part);
        if (part.Kind == BlobKind.Extent)
            End(path, part, isKept);
        else if (isKept && File.Exists(path))
            File.Move(path, _media.PathOf(part.Uuid), overwrite: true);
        else
            File.Delete(path);
    }

    private static void End(string segment, BlobId extent, bool isKept)
    {
        if (isKept || !File.Exists(segment))
            return;
        using var file = File.OpenHandle(segment, access: FileAccess.ReadWrite);
        Holes.Punch(file, extent.Offset, extent.End());
    }

    private void Prune(FileInfo[] files, BackupJournal journal)
    {
        var ours = files.ToLookup(Shelves.UuidOf).Where(named => named.Key is not null)
            .ToDictionary(named => BlobId.File(named.Key!.Value));
        var needed = journal.Needed(ours.Keys);
        foreach (var (blob, named) in ours)
        {
            foreach (var file in named.Where(file => !needed.Contains(blob) || IsTwice(blob, file)))
                file.Delete();
        }
        foreach (var file in files.Where(file => file.Name.EndsWith(BackupFolder.Unfinished, StringComparison.Ordinal)))
            file.Delete();
    }

    /// <summary>
    /// Whether the backup has the file twice: as an upload's, and as that of the media that
    /// the upload became.
    /// </summary>
    private bool IsTwice(BlobId blob, FileInfo file) =>
        file.FullName != _media.PathOf(blob.Uuid) && File.Exists(_media.PathOf(blob.Uuid));

    private static void Prune(Guid segment, FileInfo file, BackupJournal journal)
    {
        using var bytes = File.OpenHandle(file.FullName, access: FileAccess.ReadWrite);
        var needed = journal.NeededIn(segment)
            .Where(extent => extent.Offset + extent.Length <= file.Length) // what was damaged may be absent
            .ToList();
        foreach (var gap in Gaps.Of(segment, bytes, needed, []).ToList())
            Holes.Punch(bytes, gap.Offset, gap.End());
        if (needed.Count == 0)
            file.Delete();
    }

    private static string CannotBeRead(Exception e) => $"its bytes cannot be read ({e.Message.TrimEnd('.')})";
}
