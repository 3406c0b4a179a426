using System.Diagnostics;

namespace OrleansIngest.LoadTests.Support;

/// <summary>
/// A folder for servers' data, gone at the end. It lies in the repository's <c>artifacts/</c>: a folder for temporary files is
/// in memory on many machines, and then no disk would be measured.
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>Makes it.</summary>
    public DataFolder()
    {
        Directory.CreateDirectory(Path);
        ScatterFolders();
    }

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.Combine(Paths.Artifacts, $"loadtests-data-{Guid.NewGuid():N}");

    /// <summary>Makes a folder in it.</summary>
    /// <param name="name">How its name begins.</param>
    /// <returns>Its path.</returns>
    public string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, $"{name}-{Guid.NewGuid():N}")).FullName;

    /// <summary>Deletes it with all that is in it.</summary>
    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>
    /// Asks ext4 to choose each folder's place on the disk by its name. Otherwise all are neighbours, and new files cost several times as
    /// much for the minute in which ext4 does not use the inodes again of what somebody deleted there, such as the run before this one.
    /// Other file systems do not know the wish, and need not.
    /// </summary>
    private void ScatterFolders()
    {
        using var chattr = Process.Start(new ProcessStartInfo("chattr", ["+T", Path]) { UseShellExecute = false, RedirectStandardError = true })!;
        chattr.WaitForExit();
    }
}
