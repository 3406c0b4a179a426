using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>
/// A process that may open few files and connections. <c>prlimit</c> of util-linux sets the limit.
/// </summary>
public sealed class DescriptorTests
{
    private const int Few = 1024;
    private const int Least = 512;
    private const string Job = "roof-7";

    /// <summary>
    /// .NET opens two descriptors for each file of the program: with so few it does not come far.
    /// </summary>
    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(511)]
    public async Task With_too_few_it_says_so(int limit)
    {
        using var folder = new TemporaryFolder();

        await RefusedStart.Run(folder, named: $"may open {limit} files", launcher: Prlimit(limit));
    }

    [Fact]
    public async Task With_few_it_serves_fewer_connections_and_says_so_once()
    {
        await using var server = await IngestServer.StartWith(Prlimit(Few));

        await server.Logs($"This process may open {Few} files and connections: ");
    }

    /// <summary>A file that could not be loaded then would be missing for good.</summary>
    [Fact]
    public async Task A_flood_of_connections_takes_nothing_from_those_who_are_served_and_leaves_nothing_behind()
    {
        await using var server = await IngestServer.StartWith(Prlimit(Few));
        using var sender = await RawConnection.Open(server);
        var media = Fresh.Media();
        var file = TestMedia.Bytes(300_000);
        await sender.SendCreation(Job, media, file.Length);
        await sender.Send(file.AsMemory(0, 100_000));

        var flood = await Task.WhenAll(Enumerable.Range(0, 2 * Few).Select(_ => TryOpen(server)));
        await sender.Send(file.AsMemory(100_000));
        Assert.Equal(201, (await sender.ReadResponse()).Status);
        foreach (var line in flood)
            line?.Dispose();

        await Eventually.True("there is room again", async () =>
            await Upload.Offset(server, Job, media) == file.Length);
        await Upload.CreateWith(Job, Fresh.Media(), [1, 2, 3], 3).Run(server);
        Assert.Equal(file, (await Upload.Download(Job, media).Run(server)).Body);
        await using var grpc = await GrpcJs.Start(server);
        Assert.Equal(2, (await grpc.GetJob(Job)).Received.Stored);
        server.MustHaveACleanLog();
    }

    /// <summary>Many requests share one connection of HTTP/2, and each has a file open.</summary>
    [Fact]
    public async Task Uploads_beyond_the_files_that_may_be_open_are_told_to_come_again_and_lose_nothing()
    {
        await using var server = await IngestServer.StartWith(Prlimit(Least));
        using var client = new HttpClient();
        var answers = Enumerable.Range(0, 60)
            .Select(_ => Sender.HangsOnHttp2(server, Job, Fresh.Media(), client)).ToList();

        await Eventually.True("some are told to come again", () =>
            answers.Exists(answer => answer.IsCompletedSuccessfully));
        await new HttpTest("GET", "/readyz") { Status = 200 }.Run(server);
        Assert.Equal(0, await server.Stop());

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("503, Retry-After 2", answer));
        server.MustHaveACleanLog();
    }

    /// <summary>Whatever uses them up: a connection that cannot be accepted waits.</summary>
    [Fact]
    public async Task When_there_are_none_left_and_then_some_again_it_accepts_who_waits()
    {
        await using var server = await IngestServer.Start();
        await new HttpTest("GET", "/readyz") { Status = 200 }.Run(server);
        await Limit(server, 16);
        using var line = await RawConnection.Open(server);
        await line.Send("GET", "/healthz");

        await Limit(server, Few);

        Assert.StartsWith("HTTP/1.1 200 ", await line.ReadHead());
        await new HttpTest("GET", "/readyz") { Status = 200 }.Run(server);
    }

    private static string[] Prlimit(int limit) => ["prlimit", $"--nofile={limit}:{limit}"];

    /// <summary>
    /// Only the soft limit of a process that runs: it cannot raise that by
    /// itself without asking for it.
    /// </summary>
    private static async Task Limit(IngestServer server, int limit)
    {
        await using var prlimit = new ChildProcess(
            "prlimit", ["--pid", server.ProcessId.ToString(), $"--nofile={limit}:"], server.Folder);
        Assert.Equal(0, await prlimit.Ended);
    }

    private static async Task<RawConnection?> TryOpen(IngestServer server)
    {
        try
        {
            var line = await RawConnection.Open(server);
            await line.Send("GET", "/healthz");
            return line;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
