using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Storage;

/// <summary>
/// Syncs files and folders to the disk. .NET offers neither fdatasync for files nor fsync for
/// folders, so on Linux this calls the C library. On other systems a file is flushed with .NET, and
/// a folder is left to the file system.
/// </summary>
internal static partial class FileSync
{
    private const int Interrupted = 4; // EINTR
    private const int AccessDenied = 13; // EACCES
    private const int NothingToSync = 22; // EINVAL: the file system does not support it for folders
    private const int ReadOnlyCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC

    /// <summary>Makes the content and the length of a file durable (fdatasync).</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Data(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
            RandomAccess.FlushToDisk(file);
        else if (Retry(() => fdatasync(file)) < 0)
            throw Failure("fdatasync");
    }

    /// <summary>
    /// Makes the entries of a folder durable (fsync): created, renamed and deleted files.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read the folder.</exception>
    public static void Folder(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var folder = OpenFolder(path);
        if (Retry(() => fsync(folder)) < 0 && Marshal.GetLastPInvokeError() != NothingToSync)
            throw Failure($"fsync {path}");
    }

    /// <summary>
    /// Makes everything durable that was written to the file system of a folder (syncfs). Linux
    /// only; elsewhere it does nothing.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Volume(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var folder = OpenFolder(path);
        if (Retry(() => syncfs(folder)) < 0)
            throw Failure($"syncfs {path}");
    }

    /// <summary>Opens a folder, which .NET does not offer. Linux only.</summary>
    /// <exception cref="IOException">The folder cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read the folder.</exception>
    public static SafeFileHandle OpenFolder(string path)
    {
        var descriptor = Retry(() => open(path, ReadOnlyCloseOnExec));
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure($"open {path}");
    }

    private static int Retry(Func<int> call)
    {
        int result;
        do
            result = call();
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result;
    }

    private static Exception Failure(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        var message = $"{what}: {Marshal.GetPInvokeErrorMessage(error)}";
        return error == AccessDenied ? new UnauthorizedAccessException(message) : new IOException(message, error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
