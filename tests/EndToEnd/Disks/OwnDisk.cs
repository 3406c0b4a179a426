using System.Diagnostics;
using System.Runtime.CompilerServices;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Disks;

/// <summary>
/// A server whose data folder is a disk of its own: a tmpfs in a mount namespace that only it sees,
/// small enough to be filled, and gone with it.
/// </summary>
internal sealed class OwnDisk(IngestServer server) : IAsyncDisposable
{
    // The process that starts is the one that becomes the server.
    private const string Mount = "mkdir -p data && mount -t tmpfs -o mode=700,size=$0 tmpfs data && exec \"$@\"";

    private static readonly Lazy<string?> s_obstacle = new(FindObstacle);

    public IngestServer Server { get; } = server;

    /// <summary>Why there can be none here, or null.</summary>
    public static string? Obstacle => s_obstacle.Value;

    public long Free => new DriveInfo(Folder).AvailableFreeSpace;

    /// <summary>The data folder from outside.</summary>
    private string Folder => $"/proc/{Server.ProcessId}/root{Server.DataDir}";

    public static async Task<OwnDisk> Start(string size, params string[] options) =>
        new(await IngestServer.StartWith([.. InNamespace, "sh", "-c", Mount, size], options));

    /// <summary>A command that becomes a server for which a folder is read-only.</summary>
    public static string[] ReadOnly(string folder) =>
    [
        .. InNamespace,
        "sh",
        "-c",
        "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"",
        folder
    ];

    /// <summary>Another program takes all that is free.</summary>
    public void Fill()
    {
        using var file = File.Create(Filling);
        var block = new byte[1 << 16];
        while (TryWrite(file, block))
        {
            // not full yet
        }
    }

    /// <summary>And gives it back.</summary>
    public void Empty() => File.Delete(Filling);

    /// <summary>
    /// Makes a folder in the data folder read-only, as a file system becomes after an error.
    /// </summary>
    public void Freeze(string folder)
    {
        var path = $"{Server.DataDir}/{folder}";
        Run($"mount --bind {path} {path} && mount -o remount,bind,ro {path}");
    }

    /// <summary>And can be written again.</summary>
    public void Thaw(string folder) => Run($"umount {Server.DataDir}/{folder}");

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static string[] InNamespace => ["unshare", "--map-root-user", "--mount"];

    private string Filling => Path.Combine(Folder, "of-another-program");

    private static bool TryWrite(FileStream file, byte[] block)
    {
        try
        {
            file.Write(block);
            file.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Run(string command)
    {
        using var shell = Process.Start(
            "nsenter",
            [$"--target={Server.ProcessId}", "--user", "--preserve-credentials", "--mount", "sh", "-c", command]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux())
            return "A disk of one's own is made with Linux' mount namespaces.";
        var mount = $"{string.Join(' ', InNamespace)} mount -t tmpfs tmpfs /tmp";
        using var attempt = Process.Start(new ProcessStartInfo("sh", ["-c", mount])
        {
            UseShellExecute = false,
            RedirectStandardError = true
        })!;
        var error = attempt.StandardError.ReadToEnd();
        attempt.WaitForExit();
        return attempt.ExitCode == 0
            ? null
            : $"This machine does not let a program mount a disk of its own: {error.Trim()}";
    }
}

/// <summary>
/// A test that needs an <see cref="OwnDisk"/>; where there can be none, it says why it is skipped.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnDiskFactAttribute : FactAttribute
{
    public OwnDiskFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = OwnDisk.Obstacle;
}

/// <summary>A theory that needs an <see cref="OwnDisk"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnDiskTheoryAttribute : TheoryAttribute
{
    public OwnDiskTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = OwnDisk.Obstacle;
}
