using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>What a new server has answered is there after its first power cut.</summary>
public sealed class AnswerTests
{
    private const string Job = "roof-7";
    private const int VideoLength = 72 << 20;
    private const int Facts = 15;

    private static readonly byte[] s_video = TestMedia.Bytes(VideoLength);
    private static readonly HttpTest s_keys = new("GET", "/.well-known/jwks.json") { Status = 200 };

    private readonly byte[] _photo = TestMedia.Photo(5);
    private readonly Guid _stored = Fresh.Media();
    private readonly Guid _duplicate = Fresh.Media();
    private readonly Guid _created = Fresh.Media();
    private readonly Guid _open = Fresh.Media();
    private readonly Guid _given = Fresh.Media();
    private readonly Guid _deleted = Fresh.Media();
    private readonly Guid _clip = Fresh.Media();
    private readonly Guid _joined = Fresh.Media();
    private readonly Guid _joining = Fresh.Media();
    private Partial _whole = null!;
    private Partial _part = null!;

    [PowerCutTheory]
    [InlineData(Left.OnlyWhatWasSynced, true)]
    [InlineData(Left.NamesAndLengths, true)]
    [InlineData(Left.AnyPart, true)]
    [InlineData(Left.OnlyWhatWasSynced, false)]
    public async Task Every_answer_survives(Left left, bool killed)
    {
        await using var fragile = await FragileServer.Start();
        var server = fragile.Server;
        await SayMuch(server);
        var seen = await Activity.Read(server, Job, Facts);
        var keys = await s_keys.Run(server);
        using var line = await RawConnection.Open(server);
        var told = await SendVideo(server, line);
        if (!killed)
            await server.Stop();
        await fragile.CutPower(left, new Random(1));
        await fragile.Restart();

        Assert.Equal(seen, await Activity.Read(server, Job, Facts));
        Assert.Equal(keys.Text, (await s_keys.Run(server)).Text); // or no receipt would be worth anything
        await MustBeTrue(server);
        await GoesOn(server, told);
        server.MustHaveACleanLog();
    }

    /// <summary>Otherwise this disk would not see what is synced.</summary>
    [PowerCutFact]
    public async Task The_disk_sees_the_server_and_sqlite()
    {
        await using var fragile = await FragileServer.Start();
        await Upload.CreateWith(Job, _stored, _photo, _photo.Length).Run(fragile.Server);
        await Upload.Alone(fragile.Server, Job, _duplicate, _photo);

        Assert.Contains("fsync data/ingest.db-wal", fragile.Disk.Syncs);
        Assert.Contains(
            fragile.Disk.Syncs,
            sync => sync.StartsWith("fdatasync data/segments/", StringComparison.Ordinal));
        Assert.Contains("fsync data/segments", fragile.Disk.Syncs);
        Assert.Contains(
            fragile.Disk.Syncs,
            sync => sync.StartsWith("fdatasync data/incoming/", StringComparison.Ordinal));
        Assert.Contains(fragile.Disk.Syncs, sync => sync.StartsWith("fsync data/media/", StringComparison.Ordinal));
    }

    /// <summary>Otherwise this disk forgets nothing, and the tests prove nothing.</summary>
    [PowerCutFact]
    public async Task Without_waiting_for_the_disk_it_would_not()
    {
        await using var fragile = await FragileServer.Start("Durability=process");
        await Upload.CreateWith(Job, _stored, _photo, _photo.Length).Run(fragile.Server);
        await Upload.CreateWith(Job, _open, [1, 2, 3], 5).Run(fragile.Server);

        await fragile.CutPower(Left.OnlyWhatWasSynced, new Random(1));
        await fragile.Restart();

        await Upload.HeadOfNone(Job, _stored, 404).Run(fragile.Server);
        await Upload.HeadOfNone(Job, _open, 404).Run(fragile.Server);
    }

    /// <summary>
    /// The journal gets its log before any bytes come. SQLite syncs the data folder then, and that
    /// sync must not be what saves the bytes.
    /// </summary>
    private async Task SayMuch(IngestServer server)
    {
        await Upload.Create(Job, _created, null).Run(server);
        await Upload.CreateWith(Job, _stored, _photo, _photo.Length).Run(server);
        await Upload.CreateWith(Job, _duplicate, _photo, _photo.Length).Run(server);
        await Upload.CreateWith(Job, _open, [1, 2, 3], 9).Run(server);
        await Upload.Patch(Job, _open, 3, [4, 5]).Run(server);
        await Upload.Create(Job, _given, 5).Run(server);
        await Upload.Delete(Job, _given).Run(server);
        await Upload.CreateWith(Job, _deleted, [1], 1).Run(server);
        await Upload.Delete(Job, _deleted).Run(server);
        await Upload.Create(Job, _clip, VideoLength).Run(server);
        var parts = await Partial.Of(server, Job, [.. _photo.Reverse()], parts: 2);
        await Upload.CreateFinal(Job, _joined, parts.Select(part => part.Url)).Run(server);
        (_whole, _part) = (await Partial.Of(server, Job, [1, 2]), await Partial.Create(server, Job, 3));
        await _part.Patch(0, [3, 4]).Run(server);
        await Upload.CreateFinal(Job, _joining, [_whole.Url, _part.Url]).Run(server);
    }

    /// <summary>
    /// Sends until the server says that a part of it is safe, and not a moment
    /// longer: more of it is on its way.
    /// </summary>
    private async Task<int> SendVideo(IngestServer server, RawConnection line)
    {
        await line.SendPatch(Upload.Url(Job, _clip), 0, ("Content-Length", VideoLength));
        _ = line.Send(s_video.AsMemory(0, VideoLength - 1));
        long? told = null;
        await Eventually.True("a part of the video is safe", async () =>
            (told = await Upload.Offset(server, Job, _clip)) > 0);
        return (int)told!.Value;
    }

    private async Task MustBeTrue(IngestServer server)
    {
        await Upload.Head(Job, _stored, _photo.Length, _photo.Length).Run(server);
        Assert.Equal(_photo, (await Upload.Download(Job, _stored).Run(server)).Body);
        Assert.Equal(_photo, (await Upload.Download(Job, _duplicate).Run(server)).Body);
        await Upload.Head(Job, _created, 0, null).Run(server);
        await Upload.Head(Job, _open, 5, 9).Run(server);
        await Upload.HeadOfNone(Job, _given, 410).Run(server);
        await Upload.HeadOfNone(Job, _deleted, 410).Run(server);
        Assert.Equal(_photo.Reverse(), (await Upload.Download(Job, _joined).Run(server)).Body);
        await _whole.Head(2, 2).Run(server);
        await _part.Head(2, 3).Run(server);
    }

    private async Task GoesOn(IngestServer server, int told)
    {
        await _part.Patch(2, [5]).Run(server);
        Assert.Equal([1, 2, 3, 4, 5], (await Upload.Download(Job, _joining).Run(server)).Body);
        await Upload.Patch(Job, _open, 5, [6, 7, 8, 9]).Run(server);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], (await Upload.Download(Job, _open).Run(server)).Body);
        var offset = (int)(await Upload.Offset(server, Job, _clip))!.Value;
        Assert.InRange(offset, told, VideoLength);
        await Upload.Patch(Job, _clip, offset, s_video[offset..]).Run(server);
        Assert.Equal(TestMedia.Sha256(s_video), TestMedia.Sha256((await Upload.Download(Job, _clip).Run(server)).Body));
    }
}
