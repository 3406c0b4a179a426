using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>What was said stays true, however the server ended.</summary>
public sealed class RestartTests
{
    private const string Job = "roof-7";
    private readonly Guid _stored = Fresh.Media();
    private readonly Guid _duplicate = Fresh.Media();
    private readonly Guid _open = Fresh.Media();
    private readonly Guid _failed = Fresh.Media();
    private readonly Guid _deleted = Fresh.Media();
    private readonly Guid _announced = Fresh.Media();
    private readonly byte[] _photo = TestMedia.Photo(5);

    [Theory]
    [InlineData("disk", true)]
    [InlineData("disk", false)]
    [InlineData("process", true)]
    [InlineData("process", false)]
    public async Task Everything_is_as_it_was(string durability, bool killed)
    {
        await using var server = await IngestServer.Start($"Durability={durability}");
        await using var grpc = await GrpcJs.Start(server);
        await Fill(server, grpc);
        var before = (await grpc.GetJob(Job), await grpc.ListMedia(new() { Job = Job }), await grpc.GetDevice("phone-1"));

        await (killed ? server.Kill() : server.Stop());
        await server.Restart();

        var after = (await grpc.GetJob(Job), await grpc.ListMedia(new() { Job = Job }), await grpc.GetDevice("phone-1"));
        Assert.Equal(AsWaiting(before.Item1), after.Item1);
        Assert.Equal(before.Item2.Media.Select(m => (m.Media_, m.Filename, m.Offset, m.Sha256, m.DuplicateOf, m.LastSeq)), after.Item2.Media.Select(m => (m.Media_, m.Filename, m.Offset, m.Sha256, m.DuplicateOf, m.LastSeq)));
        Assert.Equal((before.Item3.Revision, before.Item3.ReportedAt), (after.Item3.Revision, after.Item3.ReportedAt));
        Assert.Equal(before.Item3.Queue.Select(f => f.File), after.Item3.Queue.Select(f => f.File));
        await MustAnswerAsBefore(server);
    }

    private async Task Fill(IngestServer server, GrpcJs grpc)
    {
        await Upload.CreateWith(Job, _stored, _photo, _photo.Length, ("filename", "a.jpg"), ("device", "phone-1")).Run(server);
        await Upload.CreateWith(Job, _duplicate, _photo, _photo.Length, ("filename", "b.jpg")).Run(server);
        await Upload.CreateWith(Job, _open, [1, 2, 3], 5).Run(server);
        await Upload.Create(Job, _failed, 5).Run(server);
        await Upload.Delete(Job, _failed).Run(server);
        await grpc.DeleteMedia(Job, _deleted);
        await grpc.Report("phone-1", 3, new QueuedFile { Job = Job, Media = _announced.ToString(), State = QueueState.QueuePending });
        await Eventually.True("the list knows of the bytes", async () => (await grpc.FindMedia(Job, _open)).Offset == 3);
    }

    private async Task MustAnswerAsBefore(IngestServer server)
    {
        await Upload.Head(Job, _stored, _photo.Length, _photo.Length).Run(server);
        await Upload.HeadOfNone(Job, _failed, 410).Run(server);
        await Upload.HeadOfNone(Job, _deleted, 410).Run(server);
        await Upload.Head(Job, _open, 3, 5).Run(server);
        await Upload.Patch(Job, _open, 3, [4, 5]).Run(server);
        Assert.Equal([1, 2, 3, 4, 5], (await Upload.Download(Job, _open).Run(server)).Body);
        Assert.Equal(_photo, (await Upload.Download(Job, _duplicate).Run(server)).Body);
        await using var watcher = await FeedWatcher.Start(server, Job);
        await watcher.Sees("the end", e => e.Seq == 9);
        Assert.Equal(Enumerable.Range(1, 9).Select(seq => (long)seq), watcher.Events.Select(e => e.Seq));
    }

    /// <summary>A server that has just started has not received a byte.</summary>
    private static Job AsWaiting(Job job)
    {
        var waiting = job.Clone();
        waiting.Received.Waiting += waiting.Received.Uploading;
        waiting.Received.Uploading = 0;
        return waiting;
    }
}
