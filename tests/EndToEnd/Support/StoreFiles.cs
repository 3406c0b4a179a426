namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// The files of a server's data folder that hold bytes: files of one upload each, and segment
/// files.
/// </summary>
internal static class StoreFiles
{
    public static List<FileInfo> Of(IngestServer server) =>
        [.. new[] { "incoming", "media" }.SelectMany(folder => Files(Path.Combine(server.DataDir, folder)))];

    /// <summary>The one file that holds these bytes.</summary>
    public static FileInfo Holding(IngestServer server, byte[] bytes) =>
        Of(server).Single(
            file => file.Length == bytes.Length && File.ReadAllBytes(file.FullName).AsSpan().SequenceEqual(bytes));

    public static List<FileInfo> Shared(IngestServer server) => [.. Files(Path.Combine(server.DataDir, "segments"))];

    private static IEnumerable<FileInfo> Files(string folder) =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories) : [];
}
