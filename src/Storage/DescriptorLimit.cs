using System.Runtime.InteropServices;

namespace OrleansIngest.Storage;

/// <summary>
/// The limit of open files and connections of this process (<c>RLIMIT_NOFILE</c>).
/// </summary>
public static partial class DescriptorLimit
{
    private const int Resource = 7; // RLIMIT_NOFILE on Linux
    private const int ResourceOnMac = 8;

    /// <summary>
    /// Raises the soft limit to the hard limit. .NET does the same at its start, but not with musl.
    /// </summary>
    /// <returns>The limit; <see cref="long.MaxValue"/> if there is none or it is unknown.</returns>
    public static long Raise()
    {
        var resource = OperatingSystem.IsMacOS() ? ResourceOnMac : Resource;
        if (OperatingSystem.IsWindows() || getrlimit(resource, out var limit) != 0)
            return long.MaxValue;
        var raised = limit with { Soft = limit.Hard };
        return limit.Soft < limit.Hard && setrlimit(resource, in raised) == 0 ? raised.Files : limit.Files;
    }

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, out Limits limits);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, in Limits limits);

    /// <summary><c>struct rlimit</c> of 64-bit systems.</summary>
    private readonly record struct Limits(ulong Soft, ulong Hard)
    {
        public long Files => (long)Math.Min(Soft, long.MaxValue);
    }
}
