namespace OrleansIngest.Storage;

/// <summary>The folder that everything is kept in, for the server's user alone: folders have mode 0700, files 0600.</summary>
internal static class DataFolder
{
    private const UnixFileMode FileRights = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderRights = FileRights | UnixFileMode.UserExecute;

    /// <summary>Creates a folder and those above it, if they are missing, to stay.</summary>
    /// <returns>Its full path.</returns>
    /// <exception cref="StorageException">It cannot be created.</exception>
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
            throw new StorageException($"The folder {path} cannot be created ({e.Message}): give this user the right to, or name another folder.", e);
        }
    }

    /// <summary>Makes a folder and those above it, if they are missing. One by one, for .NET gives the mode to the last one only.</summary>
    /// <exception cref="IOException">It fails.</exception>
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

    /// <summary>Opens a file to write, without a buffer.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="share">What others may do with it meanwhile.</param>
    /// <param name="mode">What if there is none: by default an empty one is made.</param>
    /// <exception cref="IOException">It cannot be opened or made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public static FileStream Open(string path, FileShare share, FileMode mode = FileMode.OpenOrCreate)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share, BufferSize = 0 };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
            options.UnixCreateMode = FileRights;
        return new FileStream(path, options);
    }

    /// <summary>Sees to it that what is made in one folder can be moved to another.</summary>
    /// <exception cref="StorageException">This user may not, or they are on two disks, where moving would be copying.</exception>
    public static void CheckMoves(string from, string to)
    {
        var (probe, moved) = (Path.Combine(from, "probe"), Path.Combine(to, "probe"));
        try
        {
            if (Directory.Exists(moved))
                Directory.Delete(moved); // a crash left it
            Make(probe);
            Directory.Move(probe, moved); // a folder, for unlike a file .NET never copies it
            Directory.Delete(moved);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The folders {from} and {to} cannot be used ({e.Message.TrimEnd('.')}): give this user the right to write in both, and keep them on one disk.", e);
        }
    }

    /// <summary>Sees to it that files can be made in a folder.</summary>
    /// <exception cref="StorageException">This user may not.</exception>
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
            throw new StorageException($"The folder {folder} cannot be used ({e.Message.TrimEnd('.')}): give this user the right to write in it.", e);
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

    // Also above a folder that is there: nobody knows whether the process that made it came to this line.
    private static void SyncAbove(string parent, bool isThere)
    {
        try
        {
            FileSync.Folder(parent);
        }
        catch (UnauthorizedAccessException) when (isThere)
        {
            // Somebody with other rights made it.
        }
    }
}
