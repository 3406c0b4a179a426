namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// The packages of <c>node/</c>. They are installed once, even if several test runs start at the
/// same time.
/// </summary>
internal static class NodePackages
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly Lazy<Task> s_installed = new(Install);

    /// <summary>Ends when the packages are installed.</summary>
    public static Task Ready => s_installed.Value;

    /// <summary>
    /// Whether the packages are current. npm writes its lock file last; if the file is older than
    /// ours, it belongs to other packages.
    /// </summary>
    private static bool AreThere => Written("node_modules/.package-lock.json") > Written("package-lock.json");

    private static async Task Install()
    {
        FileStream? key = null;
        await Eventually.True(
            "another run installed the npm packages", () => AreThere || (key = TryLock()) is not null);
        await using (key)
        {
            if (!AreThere)
                await NpmCi();
        }
    }

    private static FileStream? TryLock()
    {
        try
        {
            return new FileStream(
                Path.Combine(Paths.Scratch, "npm.lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task NpmCi()
    {
        await using var npm = new ChildProcess("npm", ["ci"], Paths.Node);
        var code = await Eventually.Comes("end of npm ci", npm.Ended, s_patience);
        Assert.True(code == 0, $"npm ci ended with {code}: {npm.Errors}");
    }

    /// <summary>
    /// When a file was written. If the file does not exist, the result is a time long ago.
    /// </summary>
    private static DateTime Written(string file) => File.GetLastWriteTimeUtc(Path.Combine(Paths.Node, file));
}
