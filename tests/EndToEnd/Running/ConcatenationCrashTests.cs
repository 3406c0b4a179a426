using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>
/// A server that dies while a media is put together: afterwards the media is there, once,
/// whichever client comes back.
/// </summary>
public sealed class ConcatenationCrashTests
{
    private const string Job = "roof-7";

    private static readonly byte[] s_bytes = TestMedia.Bytes(50_000, seed: 7);

    private readonly Guid _media = Fresh.Media();

    /// <summary>
    /// Twice something is committed: that there is a final, and that it is complete.
    /// </summary>
    /// <param name="point">Where the server dies.</param>
    /// <param name="isThere">
    /// Whether the final was committed: then the next start puts the media
    /// together without being asked.
    /// </param>
    [Theory]
    [InlineData("before-commit", false)]
    [InlineData("after-commit", true)]
    [InlineData("after-last-byte", true)]
    [InlineData("after-sync", true)]
    [InlineData("before-commit:2", true)]
    [InlineData("after-commit:2", true)]
    [InlineData("before-answer", true)]
    public async Task Whoever_asked_for_it_asks_again(string point, bool isThere)
    {
        await using var server = await IngestServer.StartToDie(point, "Durability=disk");
        var final = Upload.CreateFinal(
            Job, _media, (await Partial.Of(server, Job, s_bytes, parts: 3)).Select(part => part.Url));

        await server.DiesOf(final);

        await using var grpc = await GrpcJs.Start(server);
        if (isThere)
            await Eventually.True("it is stored", async () => (await grpc.GetJob(Job)).Received.Stored == 1);
        await final.Run(server);
        await IsStoredOnce(server);
    }

    [Theory]
    [InlineData("disk", "after-last-byte")]
    [InlineData("disk", "after-sync")]
    [InlineData("disk", "before-commit:2")]
    [InlineData("disk", "after-commit:2")]
    [InlineData("disk", "before-answer")]
    [InlineData("process", "after-last-byte")]
    [InlineData("process", "before-commit:2")]
    public async Task Whoever_sent_the_last_part_goes_on_with_it(string durability, string point)
    {
        await using var server = await IngestServer.StartToDie(point, $"Durability={durability}");
        var (first, last) = (
            await Partial.Of(server, Job, s_bytes[..20_000]), await Partial.Create(server, Job, 30_000));
        await Upload.CreateFinal(Job, _media, [first.Url, last.Url]).Run(server);

        await server.DiesOf(last.Patch(0, s_bytes[20_000..]));

        await last.Head(30_000, 30_000).Run(server);
        await IsStoredOnce(server);
    }

    /// <summary>
    /// The part's bytes survive the process, but nothing has recorded that they are all.
    /// </summary>
    [Fact]
    public async Task A_part_that_came_whole_before_the_crash_is_one_when_its_client_asks()
    {
        const int Length = 31_234; // no other file is so long
        await using var server = await IngestServer.Start("Durability=process");
        var partial = await Partial.Create(server, Job, Length);
        using var line = await RawConnection.Open(server);
        await line.SendPatch(partial.Url, 0, ("Transfer-Encoding", "chunked"));
        await line.Send($"{Length:x}\r\n");
        await line.Send(s_bytes.AsMemory(0, Length));
        await Eventually.True("all bytes are written", () => server.HasFileOf(Length));
        await server.Kill();
        await server.Restart();

        await partial.Head(Length, Length).Run(server);
        var final = await Upload.CreateFinal(Job, _media, [partial.Url]).Run(server);

        Assert.Equal(Length.ToString(), final["Upload-Offset"]);
    }

    /// <summary>
    /// The start finds that the media can never be whole. That is the client's doing, so the feed
    /// tells it and the log does not.
    /// </summary>
    [Fact]
    public async Task A_final_whose_part_was_given_up_has_ended()
    {
        await using var server = await IngestServer.Start("Durability=process");
        var (first, last) = (
            await Partial.Of(server, Job, s_bytes[..20_000]), await Partial.Create(server, Job, 30_000));
        await Upload.CreateFinal(Job, _media, [first.Url, last.Url]).Run(server);
        await Upload.Delete(Job, last.Id).Run(server);
        await server.Kill();
        await server.Restart();

        await using var grpc = await GrpcJs.Start(server);
        await Eventually.True("it has failed", async () => (await grpc.GetJob(Job)).Received.Errors == 1);

        Assert.DoesNotContain("could not be completed", server.Log, StringComparison.Ordinal);
    }

    /// <summary>
    /// kill -9 while the last bytes of many parts come: some are on the
    /// disk, and no record says so.
    /// </summary>
    [Theory]
    [InlineData("disk")]
    [InlineData("process")]
    public async Task Parts_go_on_where_they_were(string durability)
    {
        await using var server = await IngestServer.Start($"Durability={durability}");
        var parts = new List<(Partial Partial, byte[] Bytes)>();
        foreach (var bytes in s_bytes.Chunk(1000))
            parts.Add((await Partial.Create(server, Job, bytes.Length), bytes));
        await Upload.CreateFinal(Job, _media, parts.Select(part => part.Partial.Url)).Run(server);

        var answered = 0;
        var sending = parts.Select(async part =>
        {
            await part.Partial.Patch(0, part.Bytes).Run(server);
            Interlocked.Increment(ref answered);
        }).ToList();
        await Eventually.True("some parts are complete", () => Volatile.Read(ref answered) >= 3);
        await server.Kill();
        await Record.ExceptionAsync(() => Task.WhenAll(sending));
        await server.Restart();

        foreach (var (partial, bytes) in parts)
        {
            var offset = (int)(await Upload.Offset(server, Job, partial.Id))!.Value;
            if (offset < bytes.Length)
                await partial.Patch(offset, bytes[offset..]).Run(server);
        }
        await IsStoredOnce(server);
    }

    private async Task IsStoredOnce(IngestServer server)
    {
        await Upload.Head(Job, _media, s_bytes.Length, s_bytes.Length).Run(server);
        Assert.Equal(s_bytes, (await Upload.Download(Job, _media).Run(server)).Body);
        await using var grpc = await GrpcJs.Start(server);
        var job = await grpc.GetJob(Job);
        Assert.Equal(new Received { Total = 1, Stored = 1, StoredBytes = s_bytes.Length }, job.Received);
        Assert.Equal(2, job.AsOf.Seq);
    }
}
