namespace OrleansIngest.Storage;

/// <summary>Where paths lead when all symbolic links are followed.</summary>
public static class RealPath
{
    /// <summary>Whether a path is a folder or leads into it. The path need not exist.</summary>
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
        var real = Path.Combine(Of(parent), Path.GetFileName(full));
        var folder = new DirectoryInfo(real);
        return folder.LinkTarget is null ? real : Of(folder.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }
}
