using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Storm;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// What URLSession does on a phone, in each form of the protocol that phones speak,
/// directly and through a bad network.
/// </summary>
[Collection(MoreClientsCollection.Name)]
public sealed class PhoneTests(ClientServer fixture, ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_file_arrives(bool network)
    {
        await using var route = Route.To(fixture.Server.Http, network, output);
        var names = Form.Phones.SelectMany(form =>
            Enumerable.Range(1, 4 * StormSize.ClientFiles).Select(number => $"{form}, {number}"));
        using var batch = new Batch(fixture, names, length: 800_000);
        var tasks = batch.Files.Select(file =>
            new UploadTask(route.Entrance.Authority, FormOf(file), batch.Job, File.ReadAllBytes(file.Path))).ToList();

        var answers = await Task.WhenAll(tasks.Select(task => task.Run()));

        output.WriteLine($"{tasks.Sum(task => task.Resumed)} times a phone went on where it had been");
        Assert.All(answers, answer => Assert.NotNull(answer["Upload-Receipt"]));
        await batch.MustBeStored(ids: false);
    }

    private static Form FormOf(BatchFile file) => new(Path.GetFileName(file.Path).Split(',')[0]);
}
