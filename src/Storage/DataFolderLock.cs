namespace OrleansIngest.Storage;

/// <summary>
/// Holds the data folder for this process alone: a lock on its file <c>lock</c>, which ends with the process, however
/// it ends.
/// </summary>
public sealed class DataFolderLock : IDisposable
{
    // What flock says on Linux and on macOS, and what Windows says.
    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream? _file;

    private DataFolderLock(string folder, FileStream? file) => (Folder, _file) = (folder, file);

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>Takes the folder, creating it if it is missing.</summary>
    /// <exception cref="DataFolderInUseException">Another process has it.</exception>
    /// <exception cref="StorageException">It cannot be created or written.</exception>
    public static DataFolderLock Take(string folder) =>
        Take(DataFolder.Create(folder), "write", file => DataFolder.Open(file, FileShare.None));

    /// <summary>Takes a folder to look at it: nothing is made or changed in it. Where no server ever was, none has to be kept away.</summary>
    /// <exception cref="DataFolderInUseException">Another process has it.</exception>
    /// <exception cref="StorageException">It is not there, or cannot be read.</exception>
    public static DataFolderLock TakeToRead(string folder)
    {
        var path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
            throw new StorageException($"There is no folder {path}.");
        return Take(path, "read", file => File.Exists(file) ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.None) : null);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static DataFolderLock Take(string path, string right, Func<string, FileStream?> open)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX) on Unix: the kernel gives it up with the last descriptor, kill -9 included.
            return new DataFolderLock(path, open(Path.Combine(path, "lock")));
        }
        catch (IOException e) when (e.HResult is WouldBlock or WouldBlockOnMac or SharingViolation)
        {
            throw new DataFolderInUseException(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The data folder {path} cannot be used ({e.Message}): give this user the right to {right} there, or name another folder.", e);
        }
    }
}
