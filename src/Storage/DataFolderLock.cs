namespace OrleansIngest.Storage;

/// <summary>
/// Locks the data folder for this process with a lock on its file <c>lock</c>. The operating system
/// releases the lock when the process ends, also after a crash.
/// </summary>
public sealed class DataFolderLock : IDisposable
{
    // HResult of a lock held by another process: flock on Linux, on macOS, and
    // CreateFile on Windows.
    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream? _file;

    private DataFolderLock(string folder, FileStream? file) => (Folder, _file) = (folder, file);

    /// <summary>The full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Locks the folder, and creates it if it does not exist.</summary>
    /// <exception cref="DataFolderInUseException">Another process holds the lock.</exception>
    /// <exception cref="StorageException">The folder cannot be created or written.</exception>
    public static DataFolderLock Take(string folder) =>
        Take(DataFolder.Create(folder), "write", file => DataFolder.Open(file, FileShare.None));

    /// <summary>
    /// Locks a folder for reading; nothing in it is created or changed. If the file <c>lock</c>
    /// does not exist, no server has ever used the folder, and no lock is needed.
    /// </summary>
    /// <exception cref="DataFolderInUseException">Another process holds the lock.</exception>
    /// <exception cref="StorageException">The folder does not exist or cannot be read.</exception>
    public static DataFolderLock TakeToRead(string folder)
    {
        var path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
            throw new StorageException($"There is no folder {path}.");
        return Take(path, "read", file => File.Exists(file)
            ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.None)
            : null);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static DataFolderLock Take(string path, string right, Func<string, FileStream?> open)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX) on Unix. The kernel releases it with the last
            // descriptor, also after kill -9.
            return new DataFolderLock(path, open(Path.Combine(path, "lock")));
        }
        catch (IOException e) when (e.HResult is WouldBlock or WouldBlockOnMac or SharingViolation)
        {
            throw new DataFolderInUseException(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The data folder {path} cannot be used ({e.Message}):"
                + $" give this user the right to {right} there, or name another folder.",
                e);
        }
    }
}
