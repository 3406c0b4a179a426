using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Api;

/// <summary>What devices say of their queues.</summary>
[Collection(ApiCollection.Name)]
public sealed class ReportTests(ApiServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly GrpcJs _grpc = fixture.Grpc;
    private readonly string _job = Fresh.Job();
    private readonly string _phone = Fresh.Device();
    private readonly Guid _a = Fresh.Media();
    private readonly Guid _b = Fresh.Media();

    [Fact]
    public async Task A_report_is_shown_as_the_devices_queue()
    {
        var report =
            new ReportQueueRequest { Device = _phone, Revision = 7, DisplayName = "roof crew phone 2", Owner = "Kim" };
        report.Files.Add(File(_a, QueueState.QueuePending));

        var reply = await _grpc.Call<ReportQueueResponse>("Devices/ReportQueue", report);
        var device = await _grpc.GetDevice(_phone);

        Assert.Equal(7, reply.Revision);
        Assert.Empty(reply.Settled);
        Assert.Equal(
            (_phone, "roof crew phone 2", "Kim", 7L),
            (device.Device_, device.DisplayName, device.Owner, device.Revision));
        Assert.Equal(File(_a, QueueState.QueuePending), Assert.Single(device.Queue).File);
        Assert.True(device.ReportedAt <= device.LastSeenAt);
    }

    [Fact]
    public async Task A_late_report_changes_nothing_that_a_newer_one_said()
    {
        await _grpc.Report(_phone, 2, File(_a, QueueState.QueueUploading));

        var reply = await _grpc.Report(_phone, 1, File(_a, QueueState.QueuePending), File(_b, QueueState.QueueQueued));

        Assert.Equal(2, reply.Revision);
        Assert.Equivalent(
            new[] { (_a, QueueState.QueueUploading), (_b, QueueState.QueueQueued) }, await Queue(), strict: true);
    }

    [Fact]
    public async Task A_complete_report_is_the_whole_queue()
    {
        await _grpc.Report(_phone, 1, File(_a, QueueState.QueueQueued), File(_b, QueueState.QueueQueued));

        var complete = new ReportQueueRequest
        {
            Device = _phone,
            Revision = 2,
            Complete = true,
            Files = { File(_b, QueueState.QueuePending) }
        };
        await _grpc.Call<ReportQueueResponse>("Devices/ReportQueue", complete);
        await _grpc.Report(_phone, 1, File(_a, QueueState.QueueQueued));

        Assert.Equal([(_b, QueueState.QueuePending)], await Queue());
        Assert.Equal((1L, 0L), Counts(Assert.Single((await _grpc.GetJob(_job)).Announced)));
    }

    [Fact]
    public async Task An_empty_complete_report_takes_everything_off()
    {
        await _grpc.Report(_phone, 1, File(_a, QueueState.QueueQueued));

        await _grpc.Call<ReportQueueResponse>(
            "Devices/ReportQueue", new ReportQueueRequest { Device = _phone, Revision = 2, Complete = true });

        Assert.Empty(await Queue());
        Assert.Equal("job-not-found", (await _grpc.Fail("Jobs/GetJob", new GetJobRequest { Job = _job })).IngestError);
    }

    [Fact]
    public async Task A_removed_file_leaves_the_queue()
    {
        await _grpc.Report(_phone, 1, File(_a, QueueState.QueueQueued), File(_b, QueueState.QueueQueued));
        await _grpc.Report(_phone, 2, File(_a, QueueState.QueueRemoved));

        Assert.Equal([(_b, QueueState.QueueQueued)], await Queue());
    }

    [Fact]
    public async Task The_answer_says_what_the_device_can_drop()
    {
        await Upload.CreateWith(_job, _a, [1, 2], 2).Run(_server);
        await _grpc.DeleteMedia(_job, _b);
        var open = Fresh.Media();

        var reply = await _grpc.Report(
            _phone, 1,
            File(_a, QueueState.QueueUploading), File(_b, QueueState.QueueQueued), File(open, QueueState.QueueQueued));

        Assert.Equal(
            [(_job, _a.ToString(), true), (_job, _b.ToString(), false)],
            reply.Settled.Select(f => (f.Job, f.Media, f.Synced)));
        await OwesOnly(open);
    }

    [Fact]
    public async Task What_arrives_leaves_the_queue_by_itself()
    {
        await _grpc.Report(_phone, 1, File(_a, QueueState.QueueQueued), File(_b, QueueState.QueueQueued));

        await Upload.CreateWith(_job, _a, [1, 2], 2, ("device", _phone)).Run(_server);

        await OwesOnly(_b);
        Assert.Equal((0L, 1L), Counts(Assert.Single((await _grpc.GetJob(_job)).Announced)));
    }

    [Fact]
    public async Task A_device_that_only_uploads_is_known_too()
    {
        await Upload.CreateWith(_job, _a, [1, 2], 2, ("device", _phone)).Run(_server);

        await Eventually.True("the device was seen", async () => await IsKnown());

        var device = await _grpc.GetDevice(_phone);
        Assert.Equal((0L, true, 0), (device.Revision, device.ReportedAt is null, device.Queue.Count));
    }

    [Fact]
    public async Task How_far_a_reported_file_is_can_be_seen()
    {
        await _grpc.Report(_phone, 1, File(_a, QueueState.QueueUploading));

        await Upload.CreateWith(_job, _a, [1, 2], 1234, ("device", _phone)).Run(_server);

        await Eventually.True("the bytes are counted", async () =>
            (await _grpc.GetDevice(_phone)).Queue is [{ Received: 2 }]);
    }

    private QueuedFile File(Guid media, QueueState state) => new()
    {
        Job = _job,
        Media = media.ToString(),
        State = state,
        Filename = "x.jpg",
        Length = 1234,
        Section = "roof",
        Session = "noon",
        Message = "",
    };

    private async Task<List<(Guid, QueueState)>> Queue() =>
        [.. (await _grpc.GetDevice(_phone)).Queue.Select(f => (Guid.Parse(f.File.Media), f.File.State))];

    private Task OwesOnly(Guid media) => Eventually.True("the device's queue is only what it still owes", async () =>
        (await Queue()) is [var only] && only == (media, QueueState.QueueQueued));

    private async Task<bool> IsKnown() =>
        (await _grpc.TryCall("Devices/GetDevice", new GetDeviceRequest { Device = _phone })) is null;

    private static (long, long) Counts(Announced announced) => (announced.Pending, announced.Queued);
}
