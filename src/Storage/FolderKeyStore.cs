namespace OrleansIngest.Storage;

/// <summary>Keys in files of the data folder that only the server's user can read.</summary>
public sealed class FolderKeyStore(string folder) : IKeyStore
{
    /// <inheritdoc/>
    public string ReadOrCreate(string name, Func<string> create) => DataFile.ReadOrCreate(PathOf(name), create);

    /// <inheritdoc/>
    public string Where(string name) => $"The file {PathOf(name)}";

    private string PathOf(string name) => Path.Combine(folder, name);
}
