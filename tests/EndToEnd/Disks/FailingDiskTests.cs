using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Disks;

/// <summary>
/// A failing disk is the server's trouble: no client is told anything false, and uploads go
/// on when the disk works again.
/// </summary>
public sealed class FailingDiskTests
{
    private const int Length = 300_000;
    private const int Safe = 100_000;

    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _bytes = TestMedia.Bytes(Length);

    [OwnDiskFact]
    public async Task When_nothing_can_be_written_what_is_safe_is_still_told()
    {
        await using var disk = await OwnDisk.Start("64m", "DiskReserve=0");
        await Begin(disk.Server);
        disk.Freeze("incoming");
        disk.Freeze("segments");

        await MustFail(disk.Server, Upload.Patch(_job, _media, Safe, _bytes[Safe..]), _media);
        var small = Fresh.Media();
        await MustFail(disk.Server, Upload.CreateWith(_job, small, [1, 2, 3], 3), small);
        await Upload.HeadOfNone(_job, small, 404).Run(disk.Server);
        disk.Thaw("incoming");
        disk.Thaw("segments");

        await MustGoOn(disk.Server);
    }

    [OwnDiskFact]
    public async Task An_upload_that_cannot_be_finished_is_not_said_to_be_whole()
    {
        await using var disk = await OwnDisk.Start("64m", "DiskReserve=0");
        await Begin(disk.Server);
        disk.Freeze("media");

        await MustFail(disk.Server, Upload.Patch(_job, _media, Safe, _bytes[Safe..]), _media);
        await Upload.Head(_job, _media, Safe, Length).Run(disk.Server);
        disk.Thaw("media");

        await MustGoOn(disk.Server);
    }

    [OwnDiskFact]
    public async Task A_phone_is_told_to_go_on_with_it()
    {
        await using var disk = await OwnDisk.Start("64m", "DiskReserve=0");
        await Begin(disk.Server);
        disk.Freeze("incoming");

        var refused = await Form.Final.Append(Upload.Url(_job, _media), Safe, _bytes[Safe..], isLast: true)
            .Refused(503, "storage-failed").Run(disk.Server);

        Assert.Equal("?0", refused["Upload-Complete"]);
    }

    /// <summary>
    /// A file that the server cannot open does not count as missing: a client that asks finds its
    /// connection closed, and asks again.
    /// </summary>
    [RightsFact]
    public async Task What_cannot_be_looked_at_is_not_said_to_be_missing()
    {
        await using var server = await IngestServer.StartWith(Rights.Launcher);
        await Begin(server);
        var incoming = Path.Combine(server.DataDir, "incoming");
        Rights.Take(incoming);

        await MustFail(server, Upload.Patch(_job, _media, Safe, _bytes[Safe..]), _media);
        await Assert.ThrowsAsync<HttpRequestException>(() => Upload.Offset(server, _job, _media));
        Rights.Give(incoming);

        await MustGoOn(server);
    }

    /// <summary>A second fdatasync would succeed, and the bytes would not be there.</summary>
    [FailingSyncTheory]
    [InlineData(200_000)]
    [InlineData(Length)]
    public async Task What_the_disk_could_not_write_is_sent_again(int end)
    {
        await using var disk = await FailingSync.Start();
        await Begin(disk.Server);
        disk.FailOnce("fdatasync");

        await MustFail(disk.Server, Upload.Patch(_job, _media, Safe, _bytes[Safe..end]), _media);
        disk.MustHaveFailed("fdatasync");
        disk.Lose(from: Safe);

        await MustGoOn(disk.Server);
    }

    /// <summary>
    /// The file's bytes are safe, and only its new name may be lost: nothing has to be sent again.
    /// </summary>
    [FailingSyncFact]
    public async Task A_file_that_was_moved_needs_only_its_name()
    {
        await using var disk = await FailingSync.Start();
        await Begin(disk.Server);
        disk.FailOnce("fsync");

        await MustFail(disk.Server, Upload.Patch(_job, _media, Safe, _bytes[Safe..]), _media);
        disk.MustHaveFailed("fsync");

        await Upload.Head(_job, _media, Length, Length).Run(disk.Server);
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(disk.Server)).Body);
    }

    [FailingSyncFact]
    public async Task A_whole_body_that_the_disk_could_not_write_never_was()
    {
        await using var disk = await FailingSync.Start();
        disk.FailOnce("fdatasync");

        await MustFail(disk.Server, Upload.CreateWith(_job, _media, _bytes, Length), _media);

        disk.MustHaveFailed("fdatasync");
        await Upload.HeadOfNone(_job, _media, 404).Run(disk.Server);
        await Upload.CreateWith(_job, _media, _bytes, Length).Run(disk.Server);
        // Nothing is added to a file that the disk could not write.
        Assert.Equal(2, StoreFiles.Shared(disk.Server).Count);
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(disk.Server)).Body);
    }

    private async Task Begin(IngestServer server) =>
        await Upload.CreateWith(_job, _media, _bytes[..Safe], Length).Run(server);

    /// <summary>The client is told to come again, and the log says whose upload it was.</summary>
    private async Task MustFail(IngestServer server, HttpTest request, Guid media)
    {
        var answer = await request.Refused(503, "storage-failed").Run(server);
        Assert.Equal("30", answer["Retry-After"]);
        await server.Logs($"(job {_job}, media {media}): storage-failed");
    }

    private async Task MustGoOn(IngestServer server)
    {
        await Upload.Head(_job, _media, Safe, Length).Run(server);
        await Upload.Patch(_job, _media, Safe, _bytes[Safe..]).Run(server);
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(server)).Body);
        await Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Run(server);
    }
}
