using OrleansIngest.EndToEnd.MainJob;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>Checks the bytes of media in the server's data folder.</summary>
internal static class KeptFiles
{
    /// <summary>
    /// Checks that the folder holds the bytes of each distinct source once, in a file of their own
    /// or in a segment, and nothing else.
    /// </summary>
    public static async Task AreThoseOf(IngestServer server, FieldWork work)
    {
        var sources = work.Sources.DistinctBy(source => source.Sha256).ToDictionary(source => source.Sha256);
        var alone = new List<string>();
        foreach (var file in StoreFiles.Of(server))
            alone.Add(await HashOf(file.FullName));
        Assert.Equal(alone.Distinct().Count(), alone.Count);
        Assert.All(alone, hash => Assert.Contains(hash, sources.Keys));

        var scrubbed = await ControlSocket.Run(server, "scrub");
        Assert.Contains(
            $"checked: {sources.Count} ({sources.Values.Sum(source => source.Length)} bytes)",
            scrubbed.Text,
            StringComparison.Ordinal);
        Assert.Equal(0, scrubbed.Code);
        Assert.Equal(0, (await ControlSocket.Run(server, "sweep?grace=0")).Number("freed, finished"));
    }

    private static async Task<string> HashOf(string path)
    {
        await using var file = File.OpenRead(path);
        return await TestMedia.Sha256(file);
    }
}
