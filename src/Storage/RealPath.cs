namespace OrleansIngest.Storage;

/// <summary>Compares paths after resolving all symbolic links.</summary>
public static class RealPath
{
    /// <summary>
    /// Whether a path is a folder itself or lies inside it. The path need not exist.
    /// </summary>
    public static bool IsInside(string path, string folder)
    {
        var (inner, outer) = (Of(path), Of(folder));
        var below = Path.TrimEndingDirectorySeparator(outer) + Path.DirectorySeparatorChar;
        return inner == outer || inner.StartsWith(below, StringComparison.Ordinal);
    }

    private static string Of(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
            return full;
        // From the root down, because every folder on the way may be a link.
        var real = Path.Combine(Of(parent), Path.GetFileName(full));
        var folder = new DirectoryInfo(real);
        return folder.LinkTarget is null ? real : Of(folder.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }
}
