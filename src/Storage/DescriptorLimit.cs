using System.Runtime.InteropServices;

namespace OrleansIngest.Storage;

/// <summary>How many files and connections this process may have open at once (<c>RLIMIT_NOFILE</c>).</summary>
public static partial class DescriptorLimit
{
    private const int Resource = 7;
    private const int ResourceOnMac = 8;

    /// <summary>
    /// Raises it as far as this process may. .NET does so by itself, but not where its C library is musl.
    /// </summary>
    /// <returns>The limit; the largest number if there is none, or nobody knows.</returns>
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
