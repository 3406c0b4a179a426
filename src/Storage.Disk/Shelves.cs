namespace OrleansIngest.Storage.Disk;

/// <summary>
/// A folder whose files are spread over subfolders by the last digits of their names, so that none grows large. A
/// subfolder is made when it is first needed.
/// </summary>
/// <param name="root">The folder; its own name is durable.</param>
/// <param name="levels">Levels of 256 subfolders each: 1 or 2.</param>
/// <param name="durability">Whether <see cref="Settle"/> waits for the disk.</param>
internal sealed class Shelves(string root, int levels, Durability durability)
{
    // By the number that a name ends with; the second by level first. A race costs a second attempt at what needs no second
    // one, nothing else.
    private readonly bool[] _made = new bool[1 << (8 * levels)];
    private readonly bool[][] _settled = [.. Enumerable.Range(1, levels).Select(level => new bool[1 << (8 * level)])];

    /// <summary>Where bytes are in a data folder while they arrive.</summary>
    public static Shelves Incoming(string folder, Durability durability) => new(Path.Combine(folder, "incoming"), levels: 1, durability);

    /// <summary>Where bytes are in a data folder when they are finished.</summary>
    public static Shelves Media(string folder, Durability durability) => new(Path.Combine(folder, "media"), levels: 2, durability);

    /// <summary>The folder's full path.</summary>
    public string Root => root;

    /// <summary>Where the file of a place is, or would be.</summary>
    public string PathOf(string place) => Path.Combine(Folder(place, levels), place);

    /// <summary>As <see cref="PathOf"/>, and the folder is there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public string MakeRoomFor(string place)
    {
        ref var made = ref _made[Number(place, levels)];
        if (!made)
            DataFolder.Make(Folder(place, levels));
        made = true;
        return PathOf(place);
    }

    /// <summary>When it returns, the file's name survives a power cut.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public void Settle(string place)
    {
        if (durability != Durability.Disk)
            return;
        FileSync.Folder(Folder(place, levels));
        SettleFolder(place, levels);
    }

    // Also one that was there when we started: nobody knows whether the last process came to this line.
    private void SettleFolder(string place, int level)
    {
        ref var settled = ref _settled[level - 1][Number(place, level)];
        if (settled)
            return;
        if (level > 1)
            SettleFolder(place, level - 1);
        FileSync.Folder(Path.GetDirectoryName(Folder(place, level))!);
        settled = true;
    }

    /// <summary>The files that are there; some may go while this is read.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IEnumerable<FileInfo> Files() => Directory.Exists(root)
        ? new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories)
        : [];

    private static int Number(string place, int level) => Convert.ToInt32(place[^(2 * level)..], fromBase: 16);

    private string Folder(string place, int level) => level == 1
        ? Path.Combine(root, place[^2..])
        : Path.Combine(root, place[^2..], place[^4..^2]);
}
