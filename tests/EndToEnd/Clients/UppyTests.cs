using OrleansIngest.EndToEnd.Storm;
using OrleansIngest.EndToEnd.Support;
using Xunit.Abstractions;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>The real Uppy with its tus plugin, directly and through the bad network.</summary>
[Collection(MoreClientsCollection.Name)]
public sealed class UppyTests(ClientServer fixture, ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_files_that_somebody_picked_arrive(bool network)
    {
        await using var route = Route.To(fixture.Server.Http, network, output);
        using var batch = new Batch(fixture, Enumerable.Range(1, 5 * StormSize.ClientFiles).Select(number => $"picked {number}.jpg"), length: 700_000);

        await using var page = await TusDevice.StartUppy(batch.Endpoint(route.Entrance), batch.Files.Select(file => new DeviceFile(file.Path, file.Metadata)), parallel: 5);

        batch.MustBeDone(await page.Done(TimeSpan.FromMinutes(StormSize.ClientFiles)));
        await batch.MustBeStored();
    }
}
