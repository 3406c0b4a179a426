using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>Translates errors of the operating system to the exceptions of the port.</summary>
internal static class DiskFailure
{
    private const int NoSpace = 28; // ENOSPC
    private const int OverQuota = 122; // EDQUOT
    private const int WindowsDiskFull = 112; // ERROR_DISK_FULL
    private const int TooManyFiles = 24; // EMFILE: the process has too many open files
    private const int TooManyFilesInSystem = 23; // ENFILE: the system has too many open files

    /// <summary>Runs work that uses the disk, and translates the errors that it throws.</summary>
    /// <exception cref="StoreFullException">The disk or the quota is full.</exception>
    /// <exception cref="StoreBusyException">Too many files are open.</exception>
    /// <exception cref="IOException">
    /// The disk failed, or this user has no access to the file.
    /// </exception>
    public static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (NeedsTranslation(e))
        {
            throw Translate(e);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public static void Guard(Action work) => Guard(() =>
    {
        work();
        return true;
    });

    /// <summary>Whether the port has a different exception for this error.</summary>
    public static bool NeedsTranslation(Exception e) =>
        e is UnauthorizedAccessException || IsFull(e) || IsBusy(e);

    /// <summary>The exception of the port for an error of the operating system.</summary>
    public static IOException Translate(Exception e) => e switch
    {
        _ when IsFull(e) => new StoreFullException(e.Message, e),
        _ when IsBusy(e) => new StoreBusyException(e.Message, e),
        _ => new IOException(e.Message, e),
    };

    private static bool IsFull(Exception e) =>
        e is IOException && ((e.HResult & 0xFFFF) is NoSpace or OverQuota or WindowsDiskFull);

    // On Windows these numbers are other errors.
    private static bool IsBusy(Exception e) =>
        e is IOException && !OperatingSystem.IsWindows() && e.HResult is TooManyFiles or TooManyFilesInSystem;
}
