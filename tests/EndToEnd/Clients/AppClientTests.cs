using OrleansIngest.EndToEnd.Storm;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// Clients that upload as the libraries of apps do: each file arrives,
/// whatever happens to its connection.
/// </summary>
[Collection(MoreClientsCollection.Name)]
public sealed class AppClientTests(ClientServer fixture)
{
    private const int Chunk = 100_000;
    private const int Creation = 0, Second = 2, Third = 3; // connections, in order: a creation, and three chunks

    /// <summary>A line breaks in the head of the answer, behind a 100.</summary>
    private static readonly Fate s_lost = Fate.Good with { Down = 26 };

    private static readonly Dictionary<string, Func<Uri, BatchFile, AppClient>> s_clients = new()
    {
        ["tus-java-client"] = (endpoint, file) => new TusJavaClient(endpoint, file, Chunk),
        ["tus-android-client"] = (endpoint, file) => new TusAndroidClient(endpoint, file, Chunk),
        ["tuspy"] = (endpoint, file) => new TuspyClient(endpoint, file, Chunk),
        ["tuspy, with checksums and the length at the end"] = (endpoint, file) =>
            new TuspyClient(endpoint, file, Chunk) { IsDeferred = true, HasChecksum = true },
        ["TUSKit"] = (endpoint, file) => new TusKitClient(endpoint, file, Chunk),
    };

    private static readonly Dictionary<string, (int Connection, Fate Fate)> s_troubles = new()
    {
        ["none"] = (Creation, Fate.Good),
        ["a line is cut"] = (Second, Fate.Good with { Up = Chunk / 2 }),
        ["a line hangs, and the server does not know"] =
            (Second, Fate.Good with { Up = Chunk / 2, Server = Ending.Silent }),
        ["an answer is lost"] = (Second, s_lost),
        ["the answer to the last byte is lost"] = (Third, s_lost),
    };

    private readonly IngestServer _server = fixture.Server;

    public static TheoryData<string> Clients => [.. s_clients.Keys];

    public static MatrixTheoryData<string, string> ClientsInTrouble => new(s_clients.Keys, s_troubles.Keys);

    [Theory]
    [MemberData(nameof(ClientsInTrouble))]
    public async Task Each_file_arrives(string client, string trouble)
    {
        using var batch = Files();
        foreach (var file in batch.Files)
        {
            var (connection, fate) = s_troubles[trouble];
            await using var network = Network(number => number == connection ? fate : Fate.Good);
            var sender = s_clients[client](batch.Endpoint(network.Entrance), file);

            await sender.Run();

            Assert.Equal(fate == Fate.Good, sender.Failures == 0);
        }
        await MustBeStoredWithReceipts(batch);
    }

    /// <summary>The app did not hear of it, or does not remember.</summary>
    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Who_comes_back_when_all_of_it_is_there_is_done(string client)
    {
        using var batch = Files();
        foreach (var file in batch.Files)
        {
            var sender = s_clients[client](batch.Endpoint(_server.Http), file);
            await sender.Run();

            await sender.Run();

            Assert.Equal(0, sender.Failures);
        }
        await MustBeStoredWithReceipts(batch);
    }

    [Fact]
    public async Task TUSKit_goes_on_where_it_was_when_its_app_starts_again()
    {
        using var batch = Files();
        foreach (var file in batch.Files)
        {
            await using var network = Network(number => number is >= Second and < Second + 3 ? s_lost : Fate.Good);
            var sender = new TusKitClient(batch.Endpoint(network.Entrance), file, Chunk);
            await Assert.ThrowsAsync<IOException>(sender.Run);

            await sender.Start();
        }
        await MustBeStoredWithReceipts(batch);
    }

    /// <summary>One of a multiple of what a request carries, and one of another length.</summary>
    private Batch Files() => new(
        fixture, ("multiple.jpg", TestMedia.Bytes(3 * Chunk)), ("other.jpg", TestMedia.Bytes((5 * Chunk / 2) + 1)));

    private BadNetwork Network(Func<int, Fate> fate)
    {
        var connections = 0;
        return new BadNetwork(_server.Http, new Random(1), _ => fate(connections++));
    }

    private async Task MustBeStoredWithReceipts(Batch batch)
    {
        await batch.MustBeStored();
        foreach (var file in batch.Files)
        {
            var head = await Upload.Head(batch.Job, file.Media, file.Length, file.Length).Run(_server);
            Assert.NotNull(head["Upload-Receipt"]);
        }
    }
}
