using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>
/// The disk under a server's data folder. It knows what was synced
/// (<c>forgetful.c</c>), and can lose the rest.
/// </summary>
internal sealed class ForgetfulDisk : IDisposable
{
    private static readonly Lazy<Task<string>> s_library = new(Build);

    private readonly TemporaryFolder _disk = new();
    private readonly string _root;

    /// <summary>A disk for all that is in a folder.</summary>
    public ForgetfulDisk(string root)
    {
        _root = root;
        SwitchOff();
    }

    /// <summary>Why there cannot be one here, or null.</summary>
    public static string? Missing =>
        !OperatingSystem.IsLinux() ? "The disk that forgets is made for Linux."
        : Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, "gcc"))) ? null
        : "The disk that forgets needs gcc.";

    /// <summary>
    /// The syncs since the power came on, in order: the call, and the path in the folder.
    /// </summary>
    public IReadOnlyList<string> Syncs =>
        File.Exists(_disk.File("syncs")) ? File.ReadAllLines(_disk.File("syncs")) : [];

    /// <summary>
    /// The process is killed when a path that fits is synced for the n-th time from now on.
    /// </summary>
    /// <param name="path">With * and ? as in a shell; * also for /.</param>
    /// <param name="n">Which time.</param>
    public void KillAt(string path, int n = 1) => Wish("kill", $"{n} {path}");

    /// <summary>From now on no sync kills.</summary>
    public void Spare() => File.Delete(_disk.File("kill"));

    /// <summary>From now on a sync of a path that fits takes so long.</summary>
    /// <param name="path">As for <see cref="KillAt"/>.</param>
    /// <param name="sync">How long.</param>
    public void Slow(string path, TimeSpan sync) => Wish("slow", $"{sync.TotalMilliseconds:0} {path}");

    /// <summary>
    /// What a process needs in its environment. The library is called libc.so and lies first in the
    /// search path, for .NET looks up there by itself what the server calls in "libc".
    /// </summary>
    public async Task<Dictionary<string, string>> ToUse()
    {
        var library = await s_library.Value;
        return new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["LD_LIBRARY_PATH"] = Path.GetDirectoryName(library)!,
            ["FORGETFUL_ROOT"] = _root,
            ["FORGETFUL_DISK"] = _disk.Path,
        };
    }

    /// <summary>
    /// The power goes, and the folder is made anew from what is left. No process may use it.
    /// </summary>
    public async Task Cut(Left left, Random luck)
    {
        var remains = new Remains(this, _root, await DiskEntry.Find(_root), left, luck);
        var made = _disk.File("made");
        remains.MakeIn(made);
        foreach (var old in Directory.GetDirectories(_root))
            Directory.Delete(old, recursive: true);
        foreach (var folder in Directory.GetDirectories(made))
            Directory.Move(folder, Path.Combine(_root, Path.GetFileName(folder)));
        SwitchOff();
    }

    /// <summary>All that has a name that was synced.</summary>
    public IEnumerable<DiskEntry> SyncedEntries() => SyncedBelow(File.ReadAllText(_disk.File("root")), "");

    /// <summary>A file when it was last synced; empty if it never was.</summary>
    public byte[] SyncedContent(string id) =>
        File.Exists(_disk.File($"files/{id}")) ? File.ReadAllBytes(_disk.File($"files/{id}")) : [];

    public void Dispose() => _disk.Dispose();

    /// <summary>As a whole: the library may be reading.</summary>
    private void Wish(string name, string what)
    {
        File.WriteAllText(_disk.File("wish"), what);
        File.Move(_disk.File("wish"), _disk.File(name), overwrite: true);
    }

    private IEnumerable<DiskEntry> SyncedBelow(string id, string path)
    {
        var folder = _disk.File($"folders/{id}");
        foreach (var line in File.Exists(folder) ? File.ReadLines(folder) : [])
        {
            var parts = line.Split(' ', 3);
            var entry = new DiskEntry(parts[0] == "d", parts[1], Path.Combine(path, parts[2]));
            yield return entry;
            foreach (var below in entry.IsFolder ? SyncedBelow(entry.Id, entry.Path) : [])
                yield return below;
        }
    }

    /// <summary>When the power comes on, the library takes all that it finds for synced.</summary>
    private void SwitchOff()
    {
        Directory.Delete(_disk.Path, recursive: true);
        Directory.CreateDirectory(_disk.File("files"));
        Directory.CreateDirectory(_disk.File("folders"));
    }

    private static async Task<string> Build()
    {
        var library = Path.Combine(
            Directory.CreateDirectory(Path.Combine(Paths.Scratch, "forgetful")).FullName, "libc.so");
        var draft = $"{library}.{Environment.ProcessId}";
        await using var gcc = new ChildProcess(
            "gcc",
            ["-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o", draft, "forgetful.c"],
            Paths.PowerCut);
        Assert.True(await Eventually.Comes("end of gcc", gcc.Ended) == 0, gcc.Errors);
        File.Move(draft, library, overwrite: true);
        return library;
    }
}
