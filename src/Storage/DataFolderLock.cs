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

    private readonly FileStream _file;

    private DataFolderLock(string folder, FileStream file) => (Folder, _file) = (folder, file);

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>Takes the folder, creating it if it is missing.</summary>
    /// <exception cref="DataFolderInUseException">Another process has it.</exception>
    /// <exception cref="StorageException">It cannot be created or written.</exception>
    public static DataFolderLock Take(string folder)
    {
        var path = DataFolder.Create(folder);
        try
        {
            // FileShare.None is flock(LOCK_EX) on Unix: the kernel gives it up with the last descriptor, kill -9 included.
            return new DataFolderLock(path, DataFolder.Open(Path.Combine(path, "lock"), FileShare.None));
        }
        catch (IOException e) when (e.HResult is WouldBlock or WouldBlockOnMac or SharingViolation)
        {
            throw new DataFolderInUseException(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The data folder {path} cannot be used ({e.Message}): give this user the right to write there, or name another folder.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
