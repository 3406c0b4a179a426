using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Care;

/// <summary>What nobody needs is freed in time; what anybody needs never is.</summary>
public sealed class SweepTests : IAsyncLifetime
{
    private readonly byte[] _bytes = TestMedia.Bytes(50_000, seed: 3);
    private readonly string _job = Fresh.Job();
    private IngestServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await IngestServer.Start("Durability=process", "SegmentSize=100KB");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>
    /// A crash between the commit and the freeing leaves a duplicate's bytes behind, in a file of
    /// their own or in a shared one.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_that_a_crash_left_are_freed(bool alone)
    {
        var (media, duplicate) = (Fresh.Media(), Fresh.Media());
        await Send(media, alone);
        await _server.Kill();
        await _server.Restart(killAt: "while-freeing");
        await Record.ExceptionAsync(() => Send(duplicate, alone));
        await Eventually.Comes("end of a server", _server.Ended);
        await _server.Restart();

        Assert.Equal((0, 1), await Sweep());
        Assert.Equal((1, 0), await Sweep("?grace=0"));
        Assert.Equal((0, 0), await Sweep("?grace=0"));

        Assert.Single(StoreFiles.Of(_server).Concat(StoreFiles.Shared(_server)));
        Assert.Equal(_bytes, (await Upload.Download(_job, duplicate).Run(_server)).Body);
    }

    [Fact]
    public async Task What_uploads_and_media_need_stays()
    {
        var (open, stored, duplicate) = (Fresh.Media(), Fresh.Media(), Fresh.Media());
        await Upload.CreateWith(_job, open, _bytes[..1000], _bytes.Length).Run(_server);
        await Upload.Alone(_server, _job, stored, _bytes);
        await Upload.Alone(_server, _job, duplicate, _bytes);
        await Eventually.True("the duplicate's bytes are freed", () => StoreFiles.Of(_server).Count == 2);

        Assert.Equal((0, 0), await Sweep("?grace=0"));

        await Upload.Patch(_job, open, 1000, _bytes[1000..]).Run(_server);
        Assert.All(
            await Task.WhenAll(
                new[] { open, stored, duplicate }.Select(media => Upload.Download(_job, media).Run(_server))),
            answer => Assert.Equal(_bytes, answer.Body));
    }

    /// <summary>
    /// A whole body is stored before the journal knows of it. Sweeping all the time must not lose
    /// it, nor must a shared file that fills up.
    /// </summary>
    [Fact]
    public async Task Sweeping_without_grace_never_takes_what_is_under_way()
    {
        var sending = Enumerable.Range(0, 400)
            .Select(i => (Media: Fresh.Media(), Bytes: TestMedia.Bytes(20_000, seed: i))).ToList();
        var done = false;
        var sweeping = Task.Run(async () =>
        {
            while (!Volatile.Read(ref done))
                await Sweep("?grace=0");
        });
        await Parallel.ForEachAsync(sending, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (file, _) =>
            await Upload.CreateWith(_job, file.Media, file.Bytes, file.Bytes.Length).Run(_server));
        Volatile.Write(ref done, true);
        await sweeping;

        foreach (var (media, bytes) in sending)
            Assert.Equal(bytes, (await Upload.Download(_job, media).Run(_server)).Body);
        _server.MustHaveACleanLog();
    }

    [Fact]
    public async Task Files_that_are_not_ours_stay()
    {
        await Upload.Alone(_server, _job, Fresh.Media(), _bytes);
        await Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Run(_server);
        var notes = StoreFiles.Of(_server).Concat(StoreFiles.Shared(_server))
            .Select(file => Path.Combine(file.DirectoryName!, "note.txt")).ToList();
        foreach (var note in notes)
            await File.WriteAllTextAsync(note, "the backup was made on Monday");

        await Sweep("?grace=0");

        Assert.Equal(2, notes.Count);
        Assert.All(notes, note => Assert.True(File.Exists(note)));
    }

    [Fact]
    public async Task Uploads_that_nobody_asks_for_expire_by_themselves()
    {
        var media = Fresh.Media();
        await _server.Stop();
        await using var server = await IngestServer.Start("UploadExpiry=00:00:05", "SweepInterval=00:00:01");
        await using var grpc = await GrpcJs.Start(server);

        await Upload.CreateWith(_job, media, _bytes[..1000], _bytes.Length).Run(server);

        await Eventually.True("it expired", async () => (await grpc.GetJob(_job)).Received.Errors == 1);
        var expired = await grpc.FindMedia(_job, media);
        Assert.Equal((MediaState.Error, "expired"), (expired.State, expired.Failure.Code));
        await Eventually.True("its bytes are freed", () => StoreFiles.Of(server).Count == 0);
    }

    private Task Send(Guid media, bool alone) => alone
        ? Upload.Alone(_server, _job, media, _bytes)
        : Upload.CreateWith(_job, media, _bytes, _bytes.Length).Run(_server);

    /// <summary>
    /// Sweeps. Returns how many blobs were freed, and how many wait for their grace to end.
    /// </summary>
    private async Task<(int Freed, int Waiting)> Sweep(string query = "")
    {
        var answer = await ControlSocket.Run(_server, $"sweep{query}");
        Assert.Equal(0, answer.Code);
        return (
            answer.Number("freed, finished") + answer.Number("freed, unfinished"),
            answer.Number("waiting for their time"));
    }
}
