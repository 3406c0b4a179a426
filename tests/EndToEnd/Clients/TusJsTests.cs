using OrleansIngest.EndToEnd.Storm;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>The real tus-js-client, directly and through the bad network.</summary>
[Collection(ClientCollection.Name)]
public sealed class TusJsTests(ClientServer fixture, ITestOutputHelper output)
{
    private const int Chunk = 150_000;
    private const int Length = 1_000_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(StormSize.ClientFiles);

    private static readonly Dictionary<string, Func<BatchFile, DeviceFile>> s_ways = new()
    {
        ["whole"] = Send,
        ["in chunks"] = file => Send(file) with { ChunkSize = Chunk },
        ["with its creation"] = file => Send(file) with { WithCreation = true },
        ["in chunks and with its creation"] = file => Send(file) with { ChunkSize = Chunk, WithCreation = true },
        ["in parts"] = file => Send(file) with { Parts = 3 },
        ["in parts and chunks, each with its creation"] = file => Send(file) with
        {
            Parts = 4,
            ChunkSize = Chunk,
            WithCreation = true
        },
        ["as a stream"] = file => Send(file) with { ChunkSize = Chunk, Deferred = true },
        ["in two attempts"] = file => Send(file) with { AbortsAt = 1 },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_arrives_in_whichever_way_it_is_sent(bool network)
    {
        await using var route = Route.To(fixture.Server.Http, network, output);
        var names = s_ways.Keys.SelectMany(way =>
            Enumerable.Range(1, StormSize.ClientFiles).Select(number => $"{way}, {number}")).ToList();
        using var batch = new Batch(fixture, names, Length);
        var files = batch.Files.Select((file, index) => s_ways.Values.ElementAt(index / StormSize.ClientFiles)(file));

        await using var device = await TusDevice.Start(batch.Endpoint(route.Entrance), files, parallel: 20);

        batch.MustBeDone(await device.Done(s_patience));
        await batch.MustBeStored();
    }

    /// <summary>
    /// The client has its own names for interop versions 5 and 6. In these
    /// protocols the server chooses the ids.
    /// </summary>
    [Theory]
    [InlineData(false, "ietf-draft-03")]
    [InlineData(false, "ietf-draft-05")]
    [InlineData(true, "ietf-draft-03")]
    [InlineData(true, "ietf-draft-05")]
    public async Task It_speaks_the_IETF_protocol_too(bool network, string protocol)
    {
        await using var route = Route.To(fixture.Server.Http, network, output);
        using var batch = new Batch(
            fixture, Enumerable.Range(1, 4 * StormSize.ClientFiles).Select(number => $"{number}"), Length);
        var files = batch.Files.Select((file, index) => Send(file) with
        {
            Protocol = protocol,
            ChunkSize = index % 2 == 0 ? Chunk : null,
            WithCreation = index % 4 < 2
        });

        await using var device = await TusDevice.Start(batch.Endpoint(route.Entrance), files, parallel: 20);

        batch.MustBeDone(await device.Done(s_patience));
        await batch.MustBeStored(ids: false);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_device_that_starts_again_finds_what_it_had_begun_and_goes_on(bool network, bool inParts)
    {
        await using var route = Route.To(fixture.Server.Http, network, output);
        using var batch = new Batch(fixture, ["begun"], Length);
        using var memory = new TemporaryFolder();
        var file = Send(batch.Files[0]) with { ChunkSize = Chunk, Parts = inParts ? 2 : 1 };
        await using (var dying = await Start(file with { DiesAt = 2 * Chunk }))
            await dying.Dies();
        var begun = (await fixture.Grpc.ListAllMedia(batch.Job)).Count;
        var answers = new List<DeviceAnswer>();

        await using var device = await Start(file, answers.Add);

        batch.MustBeDone(await device.Done(s_patience));
        Assert.Equal(inParts ? 0 : 1, begun); // parts are nobody's media yet
        Assert.DoesNotContain(answers, answer => answer.Method == "POST" && !inParts);
        Assert.Contains(answers, answer => answer is { Method: "HEAD", Offset: >= 2 * Chunk });
        await batch.MustBeStored();

        Task<TusDevice> Start(DeviceFile what, Action<DeviceAnswer>? onAnswer = null) =>
            TusDevice.Start(batch.Endpoint(route.Entrance), [what], onAnswer: onAnswer, urls: memory.File("urls.json"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_client_terminates_is_gone(bool network)
    {
        await using var route = Route.To(fixture.Server.Http, network, output);
        using var batch = new Batch(
            fixture, Enumerable.Range(1, 5 * StormSize.ClientFiles).Select(number => $"unwanted {number}"), Length);
        var files = batch.Files.Select(file => Send(file) with { AbortsAt = 1, Terminates = true });

        await using var device = await TusDevice.Start(batch.Endpoint(route.Entrance), files, parallel: 10);

        batch.MustBeDone(await device.Done(s_patience));
        foreach (var file in batch.Files)
            await Upload.HeadOfNone(batch.Job, file.Media, 410).Run(fixture.Server);
        var media = await fixture.Grpc.ListAllMedia(batch.Job);
        Assert.Equal(batch.Files.Count, media.Count);
        Assert.All(media, one => Assert.Equal("terminated", one.Failure.Code));
    }

    private static DeviceFile Send(BatchFile file) => new(file.Path, file.Metadata);
}
