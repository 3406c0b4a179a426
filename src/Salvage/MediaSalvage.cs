using System.Security.Cryptography;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;

namespace OrleansIngest.Salvage;

/// <summary>
/// Brings bytes from one data folder to another. Finished files get a second name there, for nothing ever changes them; on
/// another volume they are copied. Unfinished ones are copied, for they grow; and so is what lies in segments.
/// </summary>
internal sealed class MediaSalvage(string folder, string into)
{
    private readonly Shelves _incoming = Shelves.Incoming(folder, Durability.Disk);
    private readonly Shelves _media = Shelves.Media(folder, Durability.Disk);
    private readonly Shelves _newIncoming = Shelves.Incoming(into, Durability.Disk);
    private readonly Shelves _newMedia = Shelves.Media(into, Durability.Disk);
    private readonly SegmentSalvage _segments = new(folder, into);
    private readonly HashSet<BlobId> _brought = [];
    private readonly Dictionary<string, (Shelves Shelves, Guid Uuid)> _unsettled = [];
    private readonly List<string> _missing = [];

    public int Linked { get; private set; }

    public int Copied { get; private set; }

    /// <summary>Media that should have bytes, and have none.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Finished bytes that no media needed.</summary>
    public IEnumerable<string> Unnamed =>
        _media.Files().Where(IsUnnamed).Select(file => file.FullName).Concat(_segments.Unnamed);

    /// <summary>Whether the bytes of a media are there and have its SHA-256.</summary>
    public bool HasBytes(Media media)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        return media.Content is { } content && content.Sources.All(blob => TryHash(blob, hash))
            && Sha256Hash.FromBytes(hash.GetHashAndReset()) == media.Sha256;
    }

    /// <summary>Brings what a media has: the bytes of its upload, and those that it keeps, damaged or not.</summary>
    public void Bring(string job, Media media)
    {
        BlobId?[] blobs = media.Status == MediaStatus.Open ? [media.Incoming, media.Content] : [media.Content];
        foreach (var blob in blobs.OfType<BlobId>().SelectMany(blob => blob.Sources).Where(_brought.Add))
        {
            if (!TryBring(blob) && media.IsSafe)
                _missing.Add($"job {job}: the bytes of media {media.Id}");
        }
    }

    /// <summary>Brings the bytes of a partial upload.</summary>
    public void Bring(UploadRow partial)
    {
        if (_brought.Add(partial.Incoming))
            TryBring(partial.Incoming);
    }

    /// <summary>When it returns, the names of all that was brought survive a power cut.</summary>
    public void Settle()
    {
        foreach (var (shelves, uuid) in _unsettled.Values)
            shelves.Settle(uuid);
        _segments.Settle();
    }

    private bool IsUnnamed(FileInfo file) =>
        Shelves.UuidOf(file) is not { } uuid || !_brought.Contains(BlobId.File(uuid));

    /// <summary>Adds the bytes of a blob to a hash.</summary>
    /// <returns>False if they are not there.</returns>
    private bool TryHash(BlobId blob, IncrementalHash hash)
    {
        using var bytes = TryOpen(blob);
        if (bytes is null)
            return false;
        var buffer = new byte[1 << 20];
        for (int read; (read = bytes.Read(buffer)) > 0;)
            hash.AppendData(buffer, 0, read);
        return true;
    }

    private Stream? TryOpen(BlobId blob)
    {
        if (blob.Kind == BlobKind.Extent)
            return _segments.Read(blob) is { } bytes ? new MemoryStream(bytes) : null;
        return File.Exists(_media.PathOf(blob.Uuid)) ? File.OpenRead(_media.PathOf(blob.Uuid)) : null;
    }

    private bool TryBring(BlobId blob)
    {
        if (blob.Kind == BlobKind.Extent)
            return TryBringExtent(blob);
        if (File.Exists(_media.PathOf(blob.Uuid)))
            BringFinished(blob.Uuid);
        else if (File.Exists(_incoming.PathOf(blob.Uuid)))
            Copy(_incoming.PathOf(blob.Uuid), _newIncoming, blob.Uuid);
        else
            return false;
        return true;
    }

    private bool TryBringExtent(BlobId extent)
    {
        var isThere = _segments.TryBring(extent);
        Copied += isThere ? 1 : 0;
        return isThere;
    }

    private void BringFinished(Guid uuid)
    {
        if (DiskFile.TryLink(_media.PathOf(uuid), MakeRoom(_newMedia, uuid)))
            Linked++;
        else
            Copy(_media.PathOf(uuid), _newMedia, uuid);
    }

    private void Copy(string path, Shelves shelves, Guid uuid)
    {
        DiskFile.Copy(path, MakeRoom(shelves, uuid));
        Copied++;
    }

    private string MakeRoom(Shelves shelves, Guid uuid)
    {
        var path = shelves.MakeRoomFor(uuid);
        _unsettled[Path.GetDirectoryName(path)!] = (shelves, uuid); // once a folder is enough
        return path;
    }
}
