using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>What the operating system says, in the words of the store's port.</summary>
internal static class DiskFailure
{
    private const int NoSpace = 28; // ENOSPC
    private const int OverQuota = 122; // EDQUOT
    private const int WindowsDiskFull = 112; // ERROR_DISK_FULL
    private const int TooManyFiles = 24; // EMFILE: this process has too many open
    private const int TooManyFilesInAll = 23; // ENFILE: the system has

    /// <summary>Works with the disk.</summary>
    /// <exception cref="StoreFullException">It is full.</exception>
    /// <exception cref="StoreBusyException">Too many files are open.</exception>
    /// <exception cref="IOException">It fails, or this user may not.</exception>
    public static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (IsForeign(e))
        {
            throw InWordsOfThePort(e);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public static void Guard(Action work) => Guard(() =>
    {
        work();
        return true;
    });

    /// <summary>Whether the port has other words for it.</summary>
    public static bool IsForeign(Exception e) => e is UnauthorizedAccessException || IsFull(e) || IsBusy(e);

    /// <summary>What callers of the port get for it.</summary>
    public static IOException InWordsOfThePort(Exception e) => e switch
    {
        _ when IsFull(e) => new StoreFullException(e.Message, e),
        _ when IsBusy(e) => new StoreBusyException(e.Message, e),
        _ => new IOException(e.Message, e),
    };

    private static bool IsFull(Exception e) => e is IOException && ((e.HResult & 0xFFFF) is NoSpace or OverQuota or WindowsDiskFull);

    private static bool IsBusy(Exception e) =>
        e is IOException && !OperatingSystem.IsWindows() && e.HResult is TooManyFiles or TooManyFilesInAll;
}
