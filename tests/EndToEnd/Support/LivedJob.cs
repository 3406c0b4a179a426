using Google.Protobuf;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>A job with media in every state.</summary>
internal sealed class LivedJob
{
    private const string Job = "roof-7";
    private readonly Guid _stored = Fresh.Media();
    private readonly Guid _duplicate = Fresh.Media();
    private readonly Guid _open = Fresh.Media();
    private readonly Guid _failed = Fresh.Media();
    private readonly Guid _deleted = Fresh.Media();
    private readonly Guid _announced = Fresh.Media();
    private readonly byte[] _photo = TestMedia.Photo(5);

    /// <summary>Makes the job.</summary>
    public async Task Fill(IngestServer server, GrpcJs grpc)
    {
        await Upload.CreateWith(Job, _stored, _photo, _photo.Length, ("filename", "a.jpg"), ("device", "phone-1"))
            .Run(server);
        await Upload.CreateWith(Job, _duplicate, _photo, _photo.Length, ("filename", "b.jpg")).Run(server);
        await Upload.CreateWith(Job, _open, [1, 2, 3], 5).Run(server);
        await Upload.Create(Job, _failed, 5).Run(server);
        await Upload.Delete(Job, _failed).Run(server);
        await grpc.DeleteMedia(Job, _deleted);
        await grpc.Report(
            "phone-1", 3, new QueuedFile { Job = Job, Media = _announced.ToString(), State = QueueState.QueuePending });
        await Eventually.True("the list knows of the bytes", async () =>
            (await grpc.FindMedia(Job, _open)).Offset == 3);
    }

    /// <summary>
    /// What people see. Two things may differ after a restart: that a byte came just now, and
    /// when a device was last heard of.
    /// </summary>
    public static async Task<IReadOnlyList<IMessage>> Seen(GrpcJs grpc)
    {
        var job = await grpc.GetJob(Job);
        job.Received.Waiting += job.Received.Uploading;
        job.Received.Uploading = 0;
        var device = new Device(await grpc.GetDevice("phone-1")) { LastSeenAt = null };
        return [job, device, .. (await grpc.ListAllMedia(Job)).Select(AsWaiting)];
    }

    private static Media AsWaiting(Media media) =>
        media.State == MediaState.Uploading ? new Media(media) { State = MediaState.Waiting, Word = "Queued" } : media;

    /// <summary>Checks what clients are told, and completes the open upload.</summary>
    public async Task MustAnswerAsBefore(IngestServer server)
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
}
