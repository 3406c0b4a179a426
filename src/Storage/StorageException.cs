namespace OrleansIngest.Storage;

/// <summary>
/// The storage cannot be used. The message tells the operator why, and what to do.
/// </summary>
public class StorageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The storage cannot be used now: it cannot be reached, or another server uses it. Starting again
/// later may succeed.
/// </summary>
public sealed class StorageUnavailableException(string message, Exception? inner = null)
    : StorageException(message, inner);

/// <summary>Another process uses the data folder.</summary>
public sealed class DataFolderInUseException(string folder, Exception? inner = null)
    : StorageException(
        $"The data folder {folder} is in use by another process: stop that one, or name another folder.", inner)
{
    /// <summary>The full path of the folder.</summary>
    public string Folder { get; } = folder;
}
