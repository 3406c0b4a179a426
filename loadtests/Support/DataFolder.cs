namespace OrleansIngest.LoadTests.Support;

/// <summary>
/// A folder for servers' data, gone at the end. It lies in the repository's <c>artifacts/</c>: a folder for temporary files is
/// in memory on many machines, and then no disk would be measured.
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>Makes it.</summary>
    public DataFolder() => Directory.CreateDirectory(Path);

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.Combine(Paths.Artifacts, $"loadtests-data-{Environment.ProcessId}-{Guid.NewGuid():N}");

    /// <summary>Makes a folder in it.</summary>
    /// <returns>Its path.</returns>
    public string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    /// <summary>Deletes it with all that is in it.</summary>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
