using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>
/// Gives parts of a file back to the disk, and finds the parts that still take space. On Linux alone, and only on file
/// systems that can (ext4, XFS, Btrfs, tmpfs); elsewhere a segment keeps its size until nobody needs any of it.
/// </summary>
internal static partial class Holes
{
    private const int KeepSizeAndPunch = 1 | 2; // FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int NoSuchData = 6; // ENXIO: no data from there on
    private const int NotSupported = 95; // EOPNOTSUPP

    /// <summary>Gives whole blocks back; they read as zeros from then on.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static void Punch(SafeFileHandle file, long from, long to)
    {
        if (to > from && OperatingSystem.IsLinux() && fallocate(file, KeepSizeAndPunch, from, to - from) < 0 && Marshal.GetLastPInvokeError() != NotSupported)
            throw Failure("fallocate");
    }

    /// <summary>The parts between two offsets that take space, in order.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static IEnumerable<(long From, long To)> Data(SafeFileHandle file, long from, long to)
    {
        while (from < to && Next(file, from, SeekData) is { } data && data < to)
        {
            from = Math.Min(Next(file, data, SeekHole) ?? to, to);
            yield return (data, from);
        }
    }

    /// <summary>Null if there is none. Where nobody can tell, everything is data.</summary>
    private static long? Next(SafeFileHandle file, long from, int what)
    {
        if (!OperatingSystem.IsLinux())
            return what == SeekData ? from : null;
        var found = lseek(file, from, what);
        if (found >= 0)
            return found;
        return Marshal.GetLastPInvokeError() == NoSuchData ? null : throw Failure("lseek");
    }

    private static IOException Failure(string what) => new($"{what}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);
}
