using OrleansIngest.EndToEnd.MainJob;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>The files that hold bytes of media in the server's data folder.</summary>
internal static class KeptFiles
{
    /// <summary>The bytes of each distinct file once, and nothing else.</summary>
    public static async Task AreThoseOf(IngestServer server, FieldWork work)
    {
        var kept = new List<string>();
        foreach (var file in StoreFiles.Of(server))
            kept.Add(await HashOf(file.FullName));
        Assert.Equal(work.Sources.Select(s => s.Sha256).Distinct().Order(), kept.Order());
    }

    private static async Task<string> HashOf(string path)
    {
        await using var file = File.OpenRead(path);
        return await TestMedia.Sha256(file);
    }
}
