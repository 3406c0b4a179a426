namespace OrleansIngest.Storage;

/// <summary>A small file of the data folder that is made once and then only read, such as a key.</summary>
public static class DataFile
{
    /// <summary>
    /// Its text. If there is none it is made, for the server's user alone: whole and durable, or, if the machine dies
    /// meanwhile, not at all.
    /// </summary>
    /// <param name="path">Where it is; the folder must exist.</param>
    /// <param name="create">Says what it is to hold.</param>
    /// <exception cref="StorageException">It cannot be read or made.</exception>
    public static string ReadOrCreate(string path, Func<string> create)
    {
        try
        {
            // Opened, not asked after: a file that this user may not see is not one that is missing.
            return File.ReadAllText(path);
        }
        catch (FileNotFoundException)
        {
            return Create(path, create());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The file {path} cannot be read ({e.Message}): give this user the right to, or put the right file in its place.", e);
        }
    }

    /// <summary>
    /// Makes an empty file for the server's user alone, unless there is one. What SQLite puts beside a database has the
    /// rights of
    /// the database's file.
    /// </summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public static void MakeIfMissing(string path)
    {
        if (!File.Exists(path))
            DataFolder.Open(path, FileShare.ReadWrite).Dispose();
    }

    private static string Create(string path, string text)
    {
        try
        {
            Write($"{path}.new", text);
            File.Move($"{path}.new", path);
            FileSync.Folder(Path.GetDirectoryName(path)!);
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The file {path} cannot be made ({e.Message}): give this user the right to write there.", e);
        }
    }

    private static void Write(string path, string text)
    {
        using var file = DataFolder.Open(path, FileShare.None);
        file.SetLength(0); // an attempt that a crash ended may have left something
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        FileSync.Data(file.SafeFileHandle);
    }
}
