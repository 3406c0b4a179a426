namespace OrleansIngest.Storage;

/// <summary>
/// The data folder. Only the server's user has access: folders have mode 0700, files 0600.
/// </summary>
internal static class DataFolder
{
    private const UnixFileMode FileRights = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderRights = FileRights | UnixFileMode.UserExecute;

    /// <summary>Creates a folder and its parents if they do not exist, durably.</summary>
    /// <returns>The full path.</returns>
    /// <exception cref="StorageException">The folder cannot be created.</exception>
    public static string Create(string folder)
    {
        var path = Path.GetFullPath(folder);
        try
        {
            CreateDurably(path);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The folder {path} cannot be created ({e.Message}):"
                + " give this user the right to, or name another folder.",
                e);
        }
    }

    /// <summary>
    /// Creates a folder and its parents if they do not exist, one by one: .NET applies the mode to
    /// the last folder only.
    /// </summary>
    /// <exception cref="IOException">A folder cannot be created.</exception>
    public static void Make(string path)
    {
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is { } parent)
            Make(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FolderRights);
    }

    /// <summary>Opens a file for writing, without a buffer.</summary>
    /// <param name="path">The path.</param>
    /// <param name="share">What other openers may do with the file meanwhile.</param>
    /// <param name="mode">By default an empty file is created if there is none.</param>
    /// <exception cref="IOException">The file cannot be opened or created.</exception>
    /// <exception cref="UnauthorizedAccessException">
    /// This user may not open or create the file.
    /// </exception>
    public static FileStream Open(string path, FileShare share, FileMode mode = FileMode.OpenOrCreate)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share, BufferSize = 0 };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
            options.UnixCreateMode = FileRights;
        return new FileStream(path, options);
    }

    /// <summary>Checks that files created in one folder can be renamed into another.</summary>
    /// <exception cref="StorageException">
    /// This user may not write in both folders, or they are on two volumes, where a rename fails.
    /// </exception>
    public static void CheckMoves(string from, string to)
    {
        var (probe, moved) = (Path.Combine(from, "probe"), Path.Combine(to, "probe"));
        try
        {
            if (Directory.Exists(moved))
                Directory.Delete(moved); // left by a crash
            Make(probe);
            Directory.Move(probe, moved); // a folder, as .NET would copy a file to another volume
            Directory.Delete(moved);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The folders {from} and {to} cannot be used ({e.Message.TrimEnd('.')}):"
                + " give this user the right to write in both, and keep them on one disk.",
                e);
        }
    }

    /// <summary>Checks that files can be created in a folder.</summary>
    /// <exception cref="StorageException">This user may not write in the folder.</exception>
    public static void CheckWrites(string folder)
    {
        var probe = Path.Combine(folder, "probe");
        try
        {
            Make(probe);
            Directory.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The folder {folder} cannot be used ({e.Message.TrimEnd('.')}):"
                + " give this user the right to write in it.",
                e);
        }
    }

    private static void CreateDurably(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
            return;
        var isThere = Directory.Exists(path);
        if (!isThere)
        {
            CreateDurably(parent);
            Make(path);
        }
        SyncAbove(parent, isThere);
    }

    // Also if the folder exists: the process that created it may have crashed before it
    // synced the parent.
    private static void SyncAbove(string parent, bool isThere)
    {
        try
        {
            FileSync.Folder(parent);
        }
        catch (UnauthorizedAccessException) when (isThere)
        {
            // A user with more rights created the folder; this user may not open its parent.
        }
    }
}
