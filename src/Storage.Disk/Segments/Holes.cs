using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>
/// Punches holes into files, which returns their blocks to the file system, and finds the ranges of
/// a file that still take space. This works only on Linux and on file systems with holes, such as
/// ext4, XFS, Btrfs and tmpfs. Elsewhere a segment keeps its size until it is removed as a whole.
/// </summary>
internal static partial class Holes
{
    private const int KeepSizeAndPunch = 1 | 2; // FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
    private const int SeekData = 3; // SEEK_DATA
    private const int SeekHole = 4; // SEEK_HOLE
    private const int NoSuchData = 6; // ENXIO: there is no data at or after the offset
    private const int NotSupported = 95; // EOPNOTSUPP

    /// <summary>
    /// Frees the whole blocks between two offsets. The range reads as zeros afterwards. Does
    /// nothing where holes are not supported.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Punch(SafeFileHandle file, long from, long to)
    {
        if (to <= from || !OperatingSystem.IsLinux())
            return;
        if (fallocate(file, KeepSizeAndPunch, from, to - from) < 0 && Marshal.GetLastPInvokeError() != NotSupported)
            throw Failure("fallocate");
    }

    /// <summary>
    /// The ranges between two offsets that take space, in order. Where holes are not supported, the
    /// whole range takes space.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static IEnumerable<(long From, long To)> Data(SafeFileHandle file, long from, long to)
    {
        while (from < to && Seek(file, from, SeekData) is { } data && data < to)
        {
            from = Math.Min(Seek(file, data, SeekHole) ?? to, to);
            yield return (data, from);
        }
    }

    /// <summary>
    /// The offset of the next data or hole at or after an offset; null if there is none.
    /// </summary>
    private static long? Seek(SafeFileHandle file, long from, int whence)
    {
        if (!OperatingSystem.IsLinux())
            return whence == SeekData ? from : null; // everything counts as data
        var found = lseek(file, from, whence);
        if (found >= 0)
            return found;
        return Marshal.GetLastPInvokeError() == NoSuchData ? null : throw Failure("lseek");
    }

    private static IOException Failure(string function) =>
        new($"{function}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);
}
