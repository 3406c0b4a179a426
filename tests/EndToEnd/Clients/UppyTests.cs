using OrleansIngest.EndToEnd.Storm;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// The real Uppy with its tus plugin, in a page of another origin,
/// directly and through a bad network.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class UppyTests(PageServer fixture, Browser browser, ITestOutputHelper output)
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    public async Task All_files_that_somebody_picked_arrive(bool network, int parallelUploads)
    {
        await using var route = Route.To(fixture.Server.Http, network, output, Fate.DrawForBrowser);
        using var batch = new Batch(
            fixture,
            Enumerable.Range(1, 5 * StormSize.ClientFiles).Select(number => $"picked {number}.jpg"),
            length: 700_000);
        await using var tab = await browser.Open(batch.Files);
        var metadata = batch.Files.ToDictionary(file => Path.GetFileName(file.Path), file => file.Metadata);
        var options = new
        {
            endpoint = batch.Endpoint(route.Entrance),
            metadata,
            resumes = network,
            limit = 5,
            chunkSize = 300_000,
            parallelUploads
        };

        var results = await tab.Run<DeviceResult[]>(
            "uploadWithUppy", options, limit: TimeSpan.FromMinutes(StormSize.ClientFiles));

        batch.MustBeDone(results);
        await batch.MustBeStored();
    }
}
