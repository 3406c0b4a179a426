using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Storage;

/// <summary>
/// Waits until the disk has it. .NET can neither fdatasync a file nor fsync a folder, so this calls the C library on
/// Linux; elsewhere a file is flushed in .NET's way and folders are left to the file system.
/// </summary>
internal static partial class FileSync
{
    private const int Interrupted = 4; // EINTR
    private const int AccessDenied = 13; // EACCES
    private const int NothingToSync = 22; // EINVAL: some file systems, most of them read-only, have it for folders
    private const int ReadOnlyCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC, which is all that opening a folder needs

    /// <summary>When it returns, the file's bytes and length survive a power cut.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static void Data(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
            RandomAccess.FlushToDisk(file);
        else if (Retry(() => fdatasync(file)) < 0)
            throw Failure("fdatasync");
    }

    /// <summary>When it returns, the names in a folder survive a power cut.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read the folder.</exception>
    public static void Folder(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var folder = OpenFolder(path);
        if (Retry(() => fsync(folder)) < 0 && Marshal.GetLastPInvokeError() != NothingToSync)
            throw Failure($"fsync {path}");
    }

    /// <summary>When it returns, everything that was written to the file system of a folder survives a power cut. On Linux alone.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static void Volume(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var folder = OpenFolder(path);
        if (Retry(() => syncfs(folder)) < 0)
            throw Failure($"syncfs {path}");
    }

    /// <summary>Opens a folder, which .NET cannot. On Linux alone.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
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
