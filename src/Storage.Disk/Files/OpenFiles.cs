using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// Counts the files that requests have open. A process has so many descriptors and no more, and the journal,
/// connections and the runtime itself need theirs.
/// </summary>
internal sealed class OpenFiles(int max)
{
    private int _open;

    /// <summary>Opens a file for a request, which says with <see cref="Close"/> that it is done with it.</summary>
    /// <exception cref="StoreBusyException">Too many are open.</exception>
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

    /// <summary>A file is closed.</summary>
    public void Close() => Interlocked.Decrement(ref _open);
}
