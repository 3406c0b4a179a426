using OrleansIngest.EndToEnd.Storm;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// The real curl. It cannot resume: after a broken connection it sends the whole file again.
/// </summary>
[Collection(MoreClientsCollection.Name)]
public sealed class CurlTests(ClientServer fixture, ITestOutputHelper output)
{
    private static readonly string[] s_commands =
    [
        "curl -T photo.jpg",
        "curl --http2-prior-knowledge -T photo.jpg",
        "curl -X POST --data-binary @photo.jpg",
        "curl -X POST --data-binary @photo.jpg -H 'Content-Type: image/jpeg'",
        "curl -X POST --data-binary @photo.jpg -H 'Transfer-Encoding: chunked'",
        "cat photo.jpg | curl -T - -H 'Content-Disposition: inline; filename=photo.jpg'",
    ];

    private readonly IngestServer _server = fixture.Server;

    public static TheoryData<string> Commands => [.. s_commands];

    [Fact]
    public async Task It_stores_a_file_at_the_address_that_the_server_prints_when_it_starts()
    {
        using var batch = new Batch(fixture, [$"{Fresh.Job()}.jpg"], length: 100_000);
        var name = Path.GetFileName(batch.Files[0].Path);

        await Run(batch, $"curl -T {name}", $"{_server.Http}files/{name}");

        Assert.Contains(await fixture.Grpc.ListAllMedia("inbox"), media => media.Filename == name);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public Task It_stores_a_file(string command) => Stores(command, throughNetwork: false);

    [Theory]
    [MemberData(nameof(Commands))]
    public Task A_file_that_comes_late_and_in_pieces_is_a_file(string command) => Stores(command, throughNetwork: true);

    /// <summary>
    /// Without Expect, because curl takes a connection that breaks after 100 Continue for success.
    /// </summary>
    [Fact]
    public async Task A_file_that_is_sent_until_it_arrives_under_its_id_is_one_media()
    {
        await using var route = Route.To(_server.Http, isBad: true, output);
        using var batch = new Batch(
            fixture, Enumerable.Range(1, 5 * StormSize.ClientFiles).Select(number => $"{number}.jpg"), length: 500_000);

        await Task.WhenAll(batch.Files.Select(file =>
            Run(
                batch,
                $"curl --retry 100 --retry-all-errors --retry-delay 1 -H 'Expect:' -T '{file.Path}'",
                $"{batch.Endpoint(route.Entrance)}/{file.Media}")));

        await batch.MustBeStored();
    }

    private async Task Stores(string command, bool throughNetwork)
    {
        var isHttp2 = command.Contains("http2", StringComparison.Ordinal);
        await using var route = Route.To(
            isHttp2 ? new Uri($"http://{_server.Grpc}") : _server.Http, throughNetwork, output, Fate.DrawWhole);
        using var batch = new Batch(fixture, ["photo.jpg"], length: 300_000);

        await Run(batch, command, $"{batch.Endpoint(route.Entrance)}/");

        await batch.MustBeStored(ids: false);
    }

    private static async Task Run(Batch batch, string command, string url)
    {
        await using var curl = new ChildProcess(
            "sh", ["-c", $"{command} -sS -f -w '%{{http_code}}' {url}"], batch.Folder);
        var code = await Eventually.Comes("end of curl", curl.Ended);
        Assert.True(code == 0, $"curl ended with {code}: {curl.Errors}");
        Assert.EndsWith("201", curl.Output, StringComparison.Ordinal);
    }
}
