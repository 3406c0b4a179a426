using System.Security.Cryptography;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Disk.Segments;

namespace OrleansIngest.Storage.Salvage;

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
    private readonly HashSet<string> _brought = [];
    private readonly Dictionary<string, (Shelves Shelves, string Place)> _unsettled = [];
    private readonly List<string> _missing = [];

    public int Linked { get; private set; }

    public int Copied { get; private set; }

    /// <summary>Media that should have bytes, and have none.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Finished bytes that no media needed.</summary>
    public IEnumerable<string> Unnamed =>
        _media.Files().Where(file => !_brought.Contains(file.Name)).Select(file => file.FullName).Concat(_segments.Unnamed);

    /// <summary>Whether the bytes of a media are there and have its SHA-256.</summary>
    public bool HasBytes(Media media)
    {
        if (Extent.TryParse(media.Location, out var extent))
            return _segments.Read(extent) is { } bytes && Sha256Hash.FromBytes(SHA256.HashData(bytes)) == media.Sha256;
        if (!File.Exists(_media.PathOf(media.Location)))
            return false;
        using var file = File.OpenRead(_media.PathOf(media.Location));
        return Sha256Hash.FromBytes(SHA256.HashData(file)) == media.Sha256;
    }

    /// <summary>Brings what a media has: the bytes of its upload, and those that it keeps, damaged or not.</summary>
    public void Bring(string job, Media media)
    {
        string[] places = media.Status == MediaStatus.Open ? [media.Place, media.Location] : [media.Location];
        foreach (var place in places.Where(place => Place.IsLocation(place) && _brought.Add(place)))
        {
            if (!TryBring(place) && media.IsSafe)
                _missing.Add($"job {job}: the bytes of media {media.Id}");
        }
    }

    /// <summary>When it returns, the names of all that was brought survive a power cut.</summary>
    public void Settle()
    {
        foreach (var (shelves, place) in _unsettled.Values)
            shelves.Settle(place);
        _segments.Settle();
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
        _unsettled[Path.GetDirectoryName(path)!] = (shelves, place); // once a folder is enough
        return path;
    }
}
