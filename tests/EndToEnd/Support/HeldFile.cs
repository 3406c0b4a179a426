namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// A file that is replaced by a pipe for a while, so that a process that opens it waits.
/// </summary>
internal sealed class HeldFile
{
    private readonly string _path;
    private readonly string _file;

    private HeldFile(string path) => (_path, _file) = (path, $"{path}.held");

    /// <summary>Puts a pipe in the place of the file.</summary>
    public static async Task<HeldFile> Hold(string path)
    {
        var held = new HeldFile(path);
        File.Move(path, held._file);
        await using var mkfifo = new ChildProcess("mkfifo", [path], Path.GetDirectoryName(path)!);
        Assert.Equal(0, await mkfifo.Ended);
        return held;
    }

    /// <summary>
    /// Gives the content to the process that waits for it, and restores the file for all later
    /// readers.
    /// </summary>
    public async Task Release()
    {
        await using var pipe = await Task.Run(() => new FileStream(_path, FileMode.Open, FileAccess.Write));
        File.Move(_file, _path, overwrite: true);
        await using var file = File.OpenRead(_path);
        await file.CopyToAsync(pipe);
    }
}
