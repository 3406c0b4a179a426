using OrleansIngest.EndToEnd.MainJob;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>What lies in the server's data folder.</summary>
internal static class Shelves
{
    /// <summary>The bytes of each distinct file once, and nothing else.</summary>
    public static async Task HoldExactly(string dataDir, FieldWork work)
    {
        var kept = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(dataDir, "incoming"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(dataDir, "media"), "*", SearchOption.AllDirectories)))
            kept.Add(await HashOf(file));
        Assert.Equal(work.Sources.Select(s => s.Sha256).Distinct().Order(), kept.Order());
    }

    private static async Task<string> HashOf(string path)
    {
        await using var file = File.OpenRead(path);
        return await TestMedia.Sha256(file);
    }
}
