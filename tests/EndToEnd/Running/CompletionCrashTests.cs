using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>kill -9 while many uploads get their last bytes: a client that sees offset = length has a stored media.</summary>
public sealed class CompletionCrashTests
{
    private const int Uploads = 60;
    private const int Rounds = 3;
    private const string Job = "roof-7";

    private readonly List<(Guid Media, byte[] Bytes)> _files =
        [.. Enumerable.Range(0, Uploads * Rounds).Select(i => (Fresh.Media(), TestMedia.Bytes(50_000, seed: i)))];

    [Theory]
    [InlineData("disk")]
    [InlineData("process")]
    public async Task Whole_means_stored(string durability)
    {
        await using var server = await IngestServer.Start($"Durability={durability}");
        await using var grpc = await GrpcJs.Start(server);
        foreach (var round in _files.Chunk(Uploads))
        {
            await Task.WhenAll(round.Select(f => Upload.CreateWith(Job, f.Media, f.Bytes[..40_000], 50_000).Run(server)));
            await KillWhileTheyComplete(server, round);
            await server.Restart();
            await Task.WhenAll(round.Select(f => GoesOnWhereItWas(server, grpc, f.Media, f.Bytes)));
        }

        Assert.Equal(
            new Received { Total = Rounds * Uploads, Stored = Rounds * Uploads, StoredBytes = Rounds * Uploads * 50_000L }, (await grpc.GetJob(Job)).Received);
        Assert.Equal(2 * Rounds * Uploads, (await grpc.GetJob(Job)).AsOfSeq);
    }

    private static async Task KillWhileTheyComplete(IngestServer server, (Guid Media, byte[] Bytes)[] files)
    {
        var answered = 0;
        var sending = files.Select(async file =>
        {
            try
            {
                await Upload.Patch(Job, file.Media, 40_000, file.Bytes[40_000..]).Run(server);
                Interlocked.Increment(ref answered);
            }
            catch (HttpRequestException)
            {
                // Killed: nobody said that it is stored.
            }
        }).ToList();
        await Eventually.True("some uploads are complete", () => Volatile.Read(ref answered) >= 3);
        await server.Kill();
        await Task.WhenAll(sending);
    }

    private static async Task GoesOnWhereItWas(IngestServer server, GrpcJs grpc, Guid media, byte[] bytes)
    {
        var offset = (int)(await Upload.Offset(server, Job, media))!.Value;
        Assert.InRange(offset, 40_000, bytes.Length);
        if (offset < bytes.Length)
            await Upload.Patch(Job, media, offset, bytes[offset..]).Run(server);
        Assert.Equal(bytes, (await Upload.Download(Job, media).Run(server)).Body);
        await Upload.Head(Job, media, bytes.Length, bytes.Length).Run(server);
    }
}
