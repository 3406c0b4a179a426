namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// A folder that distributes its files over subfolders, so that no folder becomes large. Each file
/// is named after a UUID, and the last digits of the UUID determine the subfolder. A subfolder is
/// created when it is first needed.
/// </summary>
/// <param name="root">The path of the folder. The folder exists, durably.</param>
/// <param name="levels">The number of levels of subfolders, 256 on each: 1 or 2.</param>
/// <param name="durability">Whether <see cref="Settle"/> waits for the disk.</param>
internal sealed class Shelves(string root, int levels, Durability durability)
{
    private const string NameFormat = "N";

    // Which subfolders exist, and which have a durable name (by level). The index is the number
    // that the last digits of a file's name form. No lock is needed: two threads may both create or
    // sync a subfolder, which does no harm.
    private readonly bool[] _created = new bool[1 << (8 * levels)];
    private readonly bool[][] _synced = [.. Enumerable.Range(1, levels).Select(level => new bool[1 << (8 * level)])];

    /// <summary>The folder for incoming blobs in a data folder.</summary>
    public static Shelves Incoming(string folder, Durability durability) =>
        new(Path.Combine(folder, "incoming"), levels: 1, durability);

    /// <summary>The folder for finished blobs in a data folder.</summary>
    public static Shelves Media(string folder, Durability durability) =>
        new(Path.Combine(folder, "media"), levels: 2, durability);

    /// <summary>The full path of the folder.</summary>
    public string Root => root;

    /// <summary>The name of the file of a blob or a segment.</summary>
    public static string NameOf(Guid uuid) => uuid.ToString(NameFormat);

    /// <summary>The UUID that a file is named after; null if its name is not a UUID.</summary>
    public static Guid? UuidOf(FileInfo file) =>
        Guid.TryParseExact(file.Name, NameFormat, out var uuid) && NameOf(uuid) == file.Name ? uuid : null;

    /// <summary>The path of the file of a UUID. The file need not exist.</summary>
    public string PathOf(Guid uuid) => PathTo(NameOf(uuid));

    /// <summary>Creates the subfolder for a file, and returns the path of the file.</summary>
    /// <exception cref="IOException">The subfolder cannot be created.</exception>
    public string MakeRoomFor(Guid uuid)
    {
        var name = NameOf(uuid);
        ref var created = ref _created[Number(name, levels)];
        if (!created)
            DataFolder.Make(Folder(name, levels));
        created = true;
        return PathTo(name);
    }

    /// <summary>
    /// Makes the name of a file durable, with the names of its subfolders, if the deployment
    /// promises <see cref="Durability.Disk"/>.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Settle(Guid uuid)
    {
        if (durability != Durability.Disk)
            return;
        var name = NameOf(uuid);
        FileSync.Folder(Folder(name, levels));
        SyncNameOfFolder(name, levels);
    }

    // A subfolder that existed before this process started is synced once too: the previous process
    // may have ended between its creation and its sync.
    private void SyncNameOfFolder(string name, int level)
    {
        ref var synced = ref _synced[level - 1][Number(name, level)];
        if (synced)
            return;
        if (level > 1)
            SyncNameOfFolder(name, level - 1);
        FileSync.Folder(Path.GetDirectoryName(Folder(name, level))!);
        synced = true;
    }

    /// <summary>Lists the files. Some of them may be removed during the enumeration.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IEnumerable<FileInfo> Files() => Directory.Exists(root)
        ? new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories)
        : [];

    private string PathTo(string name) => Path.Combine(Folder(name, levels), name);

    private static int Number(string name, int level) => Convert.ToInt32(name[^(2 * level)..], fromBase: 16);

    private string Folder(string name, int level) => level == 1
        ? Path.Combine(root, name[^2..])
        : Path.Combine(root, name[^2..], name[^4..^2]);
}
