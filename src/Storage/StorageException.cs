namespace OrleansIngest.Storage;

/// <summary>
/// The storage cannot be used. The message tells the operator why, and what to do.
/// </summary>
public class StorageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another process uses the data folder.</summary>
public sealed class DataFolderInUseException(string folder, Exception? inner = null)
    : StorageException(
        $"The data folder {folder} is in use by another process: stop that one, or name another folder.", inner)
{
    /// <summary>The full path of the folder.</summary>
    public string Folder { get; } = folder;
}
