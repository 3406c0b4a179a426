using System.Net.Sockets;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>
/// kill -9 while many uploads get their last bytes: a client that sees offset
/// = length has a stored media.
/// </summary>
public sealed class CompletionCrashTests
{
    private const int Uploads = 60;
    private const int Rounds = 3;
    private const int Length = 50_000;
    private const int Begun = 40_000;
    private const string Job = "roof-7";

    private readonly List<(Guid Media, byte[] Bytes)> _files =
        [.. Enumerable.Range(0, Uploads * Rounds).Select(i => (Fresh.Media(), TestMedia.Bytes(Length, seed: i)))];

    [Theory]
    [InlineData("disk")]
    [InlineData("process")]
    public async Task Whole_means_stored(string durability)
    {
        await using var server = await IngestServer.Start($"Durability={durability}");
        await using var grpc = await GrpcJs.Start(server);
        foreach (var round in _files.Chunk(Uploads))
        {
            await Task.WhenAll(
                round.Select(f => Upload.CreateWith(Job, f.Media, f.Bytes[..Begun], Length).Run(server)));
            await KillWhileTheyComplete(server, round);
            await server.Restart();
            await Task.WhenAll(round.Select(f => GoesOnWhereItWas(server, f.Media, f.Bytes)));
        }

        var job = await grpc.GetJob(Job);
        Assert.Equal(
            new Received { Total = _files.Count, Stored = _files.Count, StoredBytes = _files.Count * (long)Length },
            job.Received);
        Assert.Equal(2 * _files.Count, job.AsOf.Seq);
    }

    private static async Task KillWhileTheyComplete(IngestServer server, (Guid Media, byte[] Bytes)[] files)
    {
        var answered = 0;
        var sending = files.Select(async file =>
        {
            try
            {
                await Upload.Patch(Job, file.Media, Begun, file.Bytes[Begun..]).Run(server);
                Interlocked.Increment(ref answered);
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                // Killed: nobody said that it is stored.
            }
        }).ToList();
        await Eventually.True("some uploads are complete", () => Volatile.Read(ref answered) >= 3);
        await server.Kill();
        await Task.WhenAll(sending);
    }

    private static async Task GoesOnWhereItWas(IngestServer server, Guid media, byte[] bytes)
    {
        var offset = (int)(await Upload.Offset(server, Job, media))!.Value;
        Assert.InRange(offset, Begun, Length);
        if (offset < bytes.Length)
            await Upload.Patch(Job, media, offset, bytes[offset..]).Run(server);
        Assert.Equal(bytes, (await Upload.Download(Job, media).Run(server)).Body);
        await Upload.Head(Job, media, bytes.Length, bytes.Length).Run(server);
    }
}
