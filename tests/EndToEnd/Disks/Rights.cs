using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OrleansIngest.EndToEnd.Disks;

/// <summary>
/// A server that may do what files say that it may, and no more, even if the tests run as root:
/// without the privilege to pass over rights.
/// </summary>
internal static class Rights
{
    /// <summary>Starts a command so.</summary>
    public static readonly string[] Launcher =
        ["unshare", "--map-root-user", "setpriv", "--bounding-set=-dac_override,-dac_read_search"];

    private static readonly Lazy<string?> s_obstacle = new(FindObstacle);

    /// <summary>Why that cannot be done here, or null.</summary>
    public static string? Obstacle => s_obstacle.Value;

    /// <summary>Nobody may use a file or folder any more.</summary>
    public static void Take(string path) => Set(path, UnixFileMode.None);

    /// <summary>Its owner may again.</summary>
    public static void Give(string path) =>
        Set(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static void Set(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) // where these tests are skipped
            File.SetUnixFileMode(path, mode);
    }

    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux())
            return "Rights are taken away with Linux' setpriv.";
        using var attempt = Process.Start(new ProcessStartInfo("sh", ["-c", $"{string.Join(' ', Launcher)} true"])
        {
            UseShellExecute = false,
            RedirectStandardError = true
        })!;
        var error = attempt.StandardError.ReadToEnd();
        attempt.WaitForExit();
        return attempt.ExitCode == 0 ? null : $"This machine does not let a program give up privileges: {error.Trim()}";
    }
}

/// <summary>
/// A test about <see cref="Rights"/>; where they cannot be taken away, it says why it is skipped.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RightsFactAttribute : FactAttribute
{
    public RightsFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Rights.Obstacle;
}

/// <summary>A theory about <see cref="Rights"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RightsTheoryAttribute : TheoryAttribute
{
    public RightsTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Rights.Obstacle;
}
