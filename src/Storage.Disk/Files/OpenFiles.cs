using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// Limits the number of files that requests have open. The number of descriptors of a process is
/// limited, and the journal, connections and the runtime need some of them.
/// </summary>
internal sealed class OpenFiles(int max)
{
    private int _open;

    /// <summary>
    /// Opens a file and counts it. After the caller has closed the file, it calls
    /// <see cref="Close"/>.
    /// </summary>
    /// <exception cref="StoreBusyException">Too many files are open.</exception>
    public T Open<T>(Func<T> open)
    {
        if (Interlocked.Increment(ref _open) > max)
        {
            Close();
            throw new StoreBusyException($"{max} files are open, and more may not be.");
        }
        try
        {
            return open();
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Counts a file as closed.</summary>
    public void Close() => Interlocked.Decrement(ref _open);
}
