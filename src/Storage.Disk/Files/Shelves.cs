namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// A folder whose files are spread over subfolders by the last digits of their names, which are UUIDs, so that none grows large. A
/// subfolder is made when it is first needed.
/// </summary>
/// <param name="root">The folder; its own name is durable.</param>
/// <param name="levels">Levels of 256 subfolders each: 1 or 2.</param>
/// <param name="durability">Whether <see cref="Settle"/> waits for the disk.</param>
internal sealed class Shelves(string root, int levels, Durability durability)
{
    private const string NameFormat = "N";

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

    /// <summary>The name of a file, and of a segment.</summary>
    public static string NameOf(Guid uuid) => uuid.ToString(NameFormat);

    /// <summary>The UUID whose name a file has; null if it has another one.</summary>
    public static Guid? UuidOf(FileInfo file) =>
        Guid.TryParseExact(file.Name, NameFormat, out var uuid) && NameOf(uuid) == file.Name ? uuid : null;

    /// <summary>Where the file of a UUID is, or would be.</summary>
    public string PathOf(Guid uuid) => PathTo(NameOf(uuid));

    /// <summary>As <see cref="PathOf"/>, and the folder is there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public string MakeRoomFor(Guid uuid)
    {
        var name = NameOf(uuid);
        ref var made = ref _made[Number(name, levels)];
        if (!made)
            DataFolder.Make(Folder(name, levels));
        made = true;
        return PathTo(name);
    }

    /// <summary>When it returns, the file's name survives a power cut.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public void Settle(Guid uuid)
    {
        if (durability != Durability.Disk)
            return;
        var name = NameOf(uuid);
        FileSync.Folder(Folder(name, levels));
        SettleFolder(name, levels);
    }

    // Also one that was there when we started: nobody knows whether the last process came to this line.
    private void SettleFolder(string name, int level)
    {
        ref var settled = ref _settled[level - 1][Number(name, level)];
        if (settled)
            return;
        if (level > 1)
            SettleFolder(name, level - 1);
        FileSync.Folder(Path.GetDirectoryName(Folder(name, level))!);
        settled = true;
    }

    /// <summary>The files that are there; some may go while this is read.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IEnumerable<FileInfo> Files() => Directory.Exists(root)
        ? new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories)
        : [];

    private string PathTo(string name) => Path.Combine(Folder(name, levels), name);

    private static int Number(string name, int level) => Convert.ToInt32(name[^(2 * level)..], fromBase: 16);

    private string Folder(string name, int level) => level == 1
        ? Path.Combine(root, name[^2..])
        : Path.Combine(root, name[^2..], name[^4..^2]);
}
