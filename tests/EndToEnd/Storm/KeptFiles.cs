using System.Text.Json;
using OrleansIngest.EndToEnd.MainJob;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>The bytes of media in the server's data folder.</summary>
internal static class KeptFiles
{
    /// <summary>Those of each distinct source once, in a file of their own or in one that many share, and nothing else.</summary>
    public static async Task AreThoseOf(IngestServer server, FieldWork work)
    {
        var sources = work.Sources.DistinctBy(source => source.Sha256).ToDictionary(source => source.Sha256);
        var alone = new List<string>();
        foreach (var file in StoreFiles.Of(server))
            alone.Add(await HashOf(file.FullName));
        Assert.Equal(alone.Distinct().Count(), alone.Count);
        Assert.All(alone, hash => Assert.Contains(hash, sources.Keys));

        var scrubbed = await Ask(server, "scrub");
        Assert.Equal(
            (sources.Count, sources.Values.Sum(source => source.Length), 0),
            (scrubbed.GetProperty("checked").GetInt32(), scrubbed.GetProperty("bytes").GetInt64(), scrubbed.GetProperty("damaged").GetArrayLength()));
        Assert.Equal(0, (await Ask(server, "sweep?grace=0")).GetProperty("orphaned").GetProperty("places").GetInt32());
    }

    private static async Task<JsonElement> Ask(IngestServer server, string what)
    {
        var answer = await new HttpTest("POST", $"/maintenance/{what}") { Status = 200 }.Run(server);
        return JsonDocument.Parse(answer.Body).RootElement;
    }

    private static async Task<string> HashOf(string path)
    {
        await using var file = File.OpenRead(path);
        return await TestMedia.Sha256(file);
    }
}
