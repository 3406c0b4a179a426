using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>SIGTERM: nobody is lied to, and what was acknowledged is there afterwards.</summary>
public sealed class ShutdownTests
{
    private const string Job = "roof-7";
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _file = TestMedia.Bytes(500_000);

    [Theory]
    [InlineData("disk")]
    [InlineData("process")]
    public async Task In_the_middle_of_an_upload_it_keeps_what_came_and_says_come_back(string durability)
    {
        await using var server = await IngestServer.Start($"Durability={durability}");
        await Upload.Create(Job, _media, _file.Length).Run(server);
        await Upload.Patch(Job, _media, 0, _file[..100_000]).Run(server);
        using var line = await SendPart(server, 100_000, 300_000);

        Assert.Equal(0, await server.Stop());

        MustSayComeBack(await line.ReadHead());
        server.MustHaveACleanLog();
        await server.Restart();
        var offset = await Upload.Offset(server, Job, _media);
        Assert.InRange(offset!.Value, 100_000, 300_000);
        await Upload.Patch(Job, _media, offset.Value, _file[(int)offset.Value..]).Run(server);
        Assert.Equal(_file, (await Upload.Download(Job, _media).Run(server)).Body);
    }

    [Theory]
    [InlineData("disk")]
    [InlineData("process")]
    public async Task Whoever_is_in_the_middle_of_a_body_gets_to_read_that_he_is_to_come_back(string durability)
    {
        await using var server = await IngestServer.Start($"Durability={durability}");
        var clients = Enumerable.Range(0, 4)
            .SelectMany(_ => new[] { Sender.Hangs, Sender.GoesOn, Sender.HangsOnHttp2, Sender.GoesOnOnHttp2 })
            .Select(send => send(server, Job, Fresh.Media())).ToList();
        await Eventually.True("all of them are sending", () =>
            StoreFiles.Of(server).Count(file => file.Length > 0) == clients.Count);

        Assert.Equal(0, await server.Stop());

        Assert.All(await Task.WhenAll(clients), answer => Assert.Equal("503, Retry-After 2", answer));
        server.MustHaveACleanLog();
    }

    [Fact]
    public async Task Watchers_are_sent_home_and_come_back()
    {
        await using var server = await IngestServer.Start();
        await using var watcher = await FeedWatcher.Start(server, Job);
        await Upload.CreateWith(Job, _media, [1, 2], 2).Run(server);
        using var events = await server.Client.GetAsync(
            $"/jobs/{Job}/activity", HttpCompletionOption.ResponseHeadersRead);
        await watcher.Sees("the first fact", e => e.Seq == 2);

        Assert.Equal(0, await server.Stop());
        await server.Restart();
        await watcher.Watches(2);
        await Upload.CreateWith(Job, Fresh.Media(), [3, 4], 2).Run(server);
        await watcher.Sees("the last fact", e => e.Seq == 4);

        Assert.Equal([1, 2, 3, 4], watcher.Events.Select(e => e.Seq));
        server.MustHaveACleanLog();
    }

    private async Task<RawConnection> SendPart(IngestServer server, int from, int to)
    {
        var line = await RawConnection.Open(server);
        await line.SendPatch(Upload.Url(Job, _media), from, ("Content-Length", _file.Length - from));
        await line.Send(_file.AsMemory(from, to - from));
        return line;
    }

    /// <summary>With words, or by closing.</summary>
    private static void MustSayComeBack(string head)
    {
        if (head.Length == 0)
            return;
        Assert.StartsWith("HTTP/1.1 503 ", head);
        Assert.Contains("\r\nRetry-After: 2\r\n", head);
    }
}
