using System.Security.Cryptography;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Disk.Segments;

namespace OrleansIngest.Salvage;

/// <summary>
/// Brings bytes from one data folder to another. A finished file gets a second name in the new
/// folder (a hard link), because nothing ever changes it; on another volume it is copied.
/// Unfinished files are copied because they grow, and so are bytes in segments.
/// </summary>
internal sealed class MediaSalvage(string folder, string into)
{
    private readonly Shelves _incoming = Shelves.Incoming(folder, Durability.Disk);
    private readonly Shelves _media = Shelves.Media(folder, Durability.Disk);
    private readonly Shelves _newIncoming = Shelves.Incoming(into, Durability.Disk);
    private readonly Shelves _newMedia = Shelves.Media(into, Durability.Disk);
    private readonly SegmentSalvage _segments = new(folder, into);
    private readonly HashSet<string> _brought = [];
    private readonly Dictionary<string, (Shelves Shelves, string Place)> _unsettled = [];
    private readonly List<string> _missing = [];

    public int Linked { get; private set; }

    public int Copied { get; private set; }

    /// <summary>Stored media whose bytes are missing, in words for the operator.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Finished files, and ranges of segments, that no media needed.</summary>
    public IEnumerable<string> Unnamed =>
        _media.Files().Where(file => !_brought.Contains(file.Name)).Select(file => file.FullName)
            .Concat(_segments.Unnamed);

    /// <summary>Whether the bytes of a media exist and have its SHA-256.</summary>
    public bool HasBytes(Media media)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        return Parts(media.Location).All(part => TryHash(part, hash))
            && Sha256Hash.FromBytes(hash.GetHashAndReset()) == media.Sha256;
    }

    /// <summary>
    /// Brings the bytes of a media: those of its upload, and those that it keeps, damaged or not.
    /// </summary>
    public void Bring(string job, Media media)
    {
        string[] places = media.Status == MediaStatus.Open ? [media.Place, media.Location] : [media.Location];
        foreach (var place in places.Where(Place.IsLocation).SelectMany(Parts).Where(_brought.Add))
        {
            if (!TryBring(place) && media.IsSafe)
                _missing.Add($"job {job}: the bytes of media {media.Id}");
        }
    }

    /// <summary>Brings the bytes of a partial upload.</summary>
    public void Bring(UploadRow partial)
    {
        if (_brought.Add(partial.Place))
            TryBring(partial.Place);
    }

    /// <summary>Makes the names of all brought files survive a power cut.</summary>
    public void Settle()
    {
        foreach (var (shelves, place) in _unsettled.Values)
            shelves.Settle(place);
        _segments.Settle();
    }

    private static IReadOnlyList<string> Parts(string place) => JoinedPlace.TryParse(place)?.Parts ?? [place];

    /// <summary>Adds the bytes of a place to a hash.</summary>
    /// <returns>False if they do not exist.</returns>
    private bool TryHash(string place, IncrementalHash hash)
    {
        using var bytes = TryOpen(place);
        if (bytes is null)
            return false;
        var buffer = new byte[1 << 20];
        for (int read; (read = bytes.Read(buffer)) > 0;)
            hash.AppendData(buffer, 0, read);
        return true;
    }

    private Stream? TryOpen(string place)
    {
        if (Extent.TryParse(place, out var extent))
            return _segments.Read(extent) is { } bytes ? new MemoryStream(bytes) : null;
        return File.Exists(_media.PathOf(place)) ? File.OpenRead(_media.PathOf(place)) : null;
    }

    private bool TryBring(string place)
    {
        if (Extent.TryParse(place, out var extent))
            return TryBring(extent);
        if (File.Exists(_media.PathOf(place)))
            BringFinished(place);
        else if (File.Exists(_incoming.PathOf(place)))
            Copy(_incoming.PathOf(place), _newIncoming, place);
        else
            return false;
        return true;
    }

    private bool TryBring(Extent extent)
    {
        var isThere = _segments.TryBring(extent);
        Copied += isThere ? 1 : 0;
        return isThere;
    }

    private void BringFinished(string place)
    {
        if (DiskFile.TryLink(_media.PathOf(place), MakeRoom(_newMedia, place)))
            Linked++;
        else
            Copy(_media.PathOf(place), _newMedia, place);
    }

    private void Copy(string path, Shelves shelves, string place)
    {
        DiskFile.Copy(path, MakeRoom(shelves, place));
        Copied++;
    }

    private string MakeRoom(Shelves shelves, string place)
    {
        var path = shelves.MakeRoomFor(place);
        _unsettled[Path.GetDirectoryName(path)!] = (shelves, place); // one sync per folder is enough
        return path;
    }
}
