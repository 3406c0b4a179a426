using OrleansIngest.EndToEnd.MainJob;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>The files that hold bytes of media in the server's data folder.</summary>
internal static class KeptFiles
{
    /// <summary>The bytes of each distinct file once, and nothing else.</summary>
    public static async Task AreThoseOf(string dataDir, FieldWork work)
    {
        var kept = new List<string>();
        foreach (var folder in new[] { "incoming", "media" })
            foreach (var path in Directory.EnumerateFiles(Path.Combine(dataDir, folder), "*", SearchOption.AllDirectories))
                kept.Add(await HashOf(path));
        Assert.Equal(work.Sources.Select(s => s.Sha256).Distinct().Order(), kept.Order());
    }

    private static async Task<string> HashOf(string path)
    {
        await using var file = File.OpenRead(path);
        return await TestMedia.Sha256(file);
    }
}
