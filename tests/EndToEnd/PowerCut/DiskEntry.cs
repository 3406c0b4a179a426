using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>A name on a disk.</summary>
/// <param name="IsFolder">Of a folder; else of a file.</param>
/// <param name="Id">What it names: inode and time of birth.</param>
/// <param name="Path">Below the root.</param>
internal sealed record DiskEntry(bool IsFolder, string Id, string Path)
{
    /// <summary>All that is below a folder, a folder before what is in it.</summary>
    public static async Task<List<DiskEntry>> Find(string root)
    {
        await using var find = new ChildProcess(
            "find",
            [".", "-mindepth", "1", "!", "-type", "s", "-exec", "stat", "--printf", "%F|%i-%.9W|%n\\n", "{}", "+"],
            root);
        Assert.True(await Eventually.Comes("list of files", find.Ended) == 0, find.Errors);
        return [.. find.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    private static DiskEntry Parse(string line)
    {
        var parts = line.Split('|', 3);
        return new DiskEntry(parts[0] == "directory", parts[1], parts[2]);
    }
}
