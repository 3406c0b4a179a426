using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Disks;

/// <summary>
/// What is in the data folder is for the server's user alone, whatever
/// the mask of the process allows.
/// </summary>
public sealed class FileModeTests
{
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Every_file_and_folder_belongs_to_the_owner_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var server = await IngestServer.StartWith(["sh", "-c", "umask 0 && exec \"$0\" \"$@\""]);
        await Upload.CreateWith("roof-7", Fresh.Media(), [1, 2], 4).Run(server);
        await Upload.Alone(server, "roof-7", Fresh.Media(), [1, 2, 3]);
        await Upload.CreateWith("roof-7", Fresh.Media(), [1, 2, 3, 4], 4).Run(server);
        await using (var grpc = await GrpcJs.Start(server))
            await grpc.Report("phone-1", 1);

        var entries = new DirectoryInfo(server.DataDir)
            .EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToList();

        Assert.Superset(
            new HashSet<string>
            {
                "lock", "ingest.db", "ingest.db-wal", "grains.db", "grains.db-wal",
                "receipt-key.pem", "incoming", "media", "segments"
            },
            entries.Select(entry => entry.Name).ToHashSet());
        Assert.All(entries, entry => Assert.Equal((entry.Name, Right(entry)), (entry.Name, entry.UnixFileMode)));
        Assert.Equal(Owners | UnixFileMode.UserExecute, new DirectoryInfo(server.DataDir).UnixFileMode);
    }

    private static UnixFileMode Right(FileSystemInfo entry) =>
        entry is DirectoryInfo ? Owners | UnixFileMode.UserExecute : Owners;
}
