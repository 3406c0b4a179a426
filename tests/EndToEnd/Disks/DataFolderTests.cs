using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Disks;

/// <summary>
/// A data folder of which any part cannot be used is refused at the start, with one
/// sentence that names the part.
/// </summary>
public sealed class DataFolderTests(DataFolderTests.UsedFolder used)
    : IClassFixture<DataFolderTests.UsedFolder>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Parts =>
        ["", "lock", "ingest.db", "grains.db", "receipt-key.pem", "incoming", "media", "segments"];

    public static TheoryData<string> Subfolders => ["", "incoming", "media", "segments"];

    private string Data => _folder.File("data");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("lock")]
    [InlineData("ingest.db")]
    [InlineData("grains.db")]
    public Task A_folder_in_the_place_of_a_file(string name)
    {
        Directory.CreateDirectory(Path.Combine(Data, name));

        return RefusedStart.Run(_folder, named: Data);
    }

    [Theory]
    [InlineData("incoming")]
    [InlineData("media")]
    [InlineData("segments")]
    public Task A_file_in_the_place_of_a_folder(string name)
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, name), "");

        return RefusedStart.Run(_folder, named: Path.Combine(Data, name));
    }

    [RightsTheory]
    [MemberData(nameof(Parts))]
    public async Task Rights_that_are_missing(string part)
    {
        await Folders.Copy(used.Path, Data);
        var path = Path.Combine(Data, part);
        Rights.Take(path);

        await RefusedStart.Run(_folder, named: Data, launcher: Rights.Launcher);

        Rights.Give(path);
    }

    [OwnDiskTheory]
    [MemberData(nameof(Subfolders))]
    public async Task A_read_only_disk(string part)
    {
        await Folders.Copy(used.Path, Data);

        await RefusedStart.Run(_folder, named: Data, launcher: OwnDisk.ReadOnly(Path.Combine(Data, part)));
    }

    /// <summary>A server has made everything that belongs into the folder, and ended.</summary>
    public sealed class UsedFolder : IAsyncLifetime
    {
        private IngestServer? _server;

        public string Path => _server!.DataDir;

        public async ValueTask InitializeAsync()
        {
            _server = await IngestServer.Start();
            await _server.Stop();
        }

        public ValueTask DisposeAsync() => _server!.DisposeAsync();
    }
}
