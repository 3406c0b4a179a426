namespace OrleansIngest.Storage;

/// <summary>
/// A small file of the data folder that is created once and then only read, such as a key.
/// </summary>
public static class DataFile
{
    /// <summary>
    /// Reads the file, or creates it for the server's user alone if it does not exist. Creation is
    /// atomic and durable: after a power cut the file has its whole content or does not exist.
    /// </summary>
    /// <param name="path">The path. The folder must exist.</param>
    /// <param name="create">Returns the content of a new file.</param>
    /// <exception cref="StorageException">The file cannot be read or created.</exception>
    public static string ReadOrCreate(string path, Func<string> create)
    {
        try
        {
            // Not File.Exists: it also returns false for a file that this user may not see.
            return File.ReadAllText(path);
        }
        catch (FileNotFoundException)
        {
            return Create(path, create());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The file {path} cannot be read ({e.Message}):"
                + " give this user the right to, or put the right file in its place.",
                e);
        }
    }

    /// <summary>
    /// Creates an empty file for the server's user alone, unless it exists. SQLite gives its
    /// journal files the mode of the database file, so a database file is created here first.
    /// </summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not create the file.</exception>
    public static void MakeIfMissing(string path)
    {
        if (!File.Exists(path))
            DataFolder.Open(path, FileShare.ReadWrite).Dispose();
    }

    private static string Create(string path, string text)
    {
        try
        {
            // Write, sync, rename, sync the folder: the order makes the creation
            // atomic and durable.
            Write($"{path}.new", text);
            File.Move($"{path}.new", path);
            FileSync.Folder(Path.GetDirectoryName(path)!);
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The file {path} cannot be made ({e.Message}): give this user the right to write there.", e);
        }
    }

    private static void Write(string path, string text)
    {
        using var file = DataFolder.Open(path, FileShare.None);
        file.SetLength(0); // an interrupted attempt may have left content
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        FileSync.Data(file.SafeFileHandle);
    }
}
