using System.Diagnostics;

namespace OrleansIngest.LoadTests.Support;

/// <summary>
/// A folder for the data of servers, deleted at the end. It lies in the repository's
/// <c>artifacts/</c>: on many machines the folder for temporary files is in memory, and the load
/// tests would measure no disk.
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>Creates the folder.</summary>
    public DataFolder()
    {
        Directory.CreateDirectory(Path);
        ScatterFolders();
    }

    /// <summary>The path of the folder.</summary>
    public string Path { get; } = System.IO.Path.Combine(Paths.Artifacts, $"loadtests-data-{Guid.NewGuid():N}");

    /// <summary>Creates a subfolder.</summary>
    /// <param name="name">The beginning of its name.</param>
    /// <returns>The path of the subfolder.</returns>
    public string Folder(string name) =>
        Directory.CreateDirectory(System.IO.Path.Combine(Path, $"{name}-{Guid.NewGuid():N}")).FullName;

    /// <summary>Deletes the folder with its content.</summary>
    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>
    /// Asks ext4 to choose each subfolder's place on the disk by its name. Otherwise all subfolders
    /// are neighbours. ext4 does not reuse the inodes of deleted files for a minute, and during
    /// that minute new files near them cost several times as much; the run before this one may have
    /// left such inodes. Other file systems do not have this setting and do not need it.
    /// </summary>
    private void ScatterFolders()
    {
        using var chattr = Process.Start(
            new ProcessStartInfo("chattr", ["+T", Path]) { UseShellExecute = false, RedirectStandardError = true })!;
        chattr.WaitForExit();
    }
}
