using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Disks;

/// <summary>
/// A full disk is an answer: what arrived is kept, deletions make room, and uploads go on.
/// </summary>
public sealed class FullDiskTests
{
    private const string Size = "48m";
    private const long Reserve = 16 << 20;
    private const int Files = 10; // of which six would fit
    private const int First = 4;
    private const int Length = 5 << 20;

    private readonly string _job = Fresh.Job();
    private readonly List<(Guid Media, byte[] Bytes)> _files =
        [.. Enumerable.Range(0, Files).Select(i => (Fresh.Media(), TestMedia.Bytes(Length, seed: i)))];

    [OwnDiskFact]
    public async Task More_than_fits_comes_in_as_others_are_deleted()
    {
        await using var disk = await StartDisk();
        await using var grpc = await GrpcJs.Start(disk.Server);
        await Task.WhenAll(_files.Select(file => Upload.Create(_job, file.Media, Length).Run(disk.Server)));
        foreach (var (media, bytes) in _files.Take(First))
            Assert.True(await GoesOn(disk.Server, media, bytes));

        var complete = await Task.WhenAll(
            _files.Skip(First).Select(file => GoesOn(disk.Server, file.Media, file.Bytes)));
        var waiting = _files.Skip(First).Where((_, i) => !complete[i]).ToList();

        Assert.NotEmpty(waiting);
        Assert.InRange(disk.Free, Reserve * 3 / 4, Reserve);
        foreach (var (media, bytes) in waiting)
        {
            while (!await GoesOn(disk.Server, media, bytes))
                await DeleteOne(disk, grpc);
        }
        disk.Server.MustHaveACleanLog();
    }

    [OwnDiskFact]
    public async Task All_but_bytes_works_on_a_full_disk()
    {
        await using var disk = await StartDisk();
        await using var grpc = await GrpcJs.Start(disk.Server);
        await using var watcher = await FeedWatcher.Start(disk.Server, _job);
        var (stored, bytes) = _files[0];
        await Upload.CreateWith(_job, stored, bytes, Length).Run(disk.Server);
        var open = await FillWithAnUpload(disk.Server);
        // What fitted of the last body is kept.
        Assert.NotEqual(0, await Upload.Offset(disk.Server, _job, open) % Length);

        var (created, small) = (Fresh.Media(), Fresh.Media());
        await Upload.Create(_job, created, 10).Run(disk.Server);
        await Upload.Head(_job, created, 0, 10).Run(disk.Server);
        await Upload.Create(_job, Fresh.Media(), 0).Run(disk.Server);
        var refused = await Upload.CreateWith(_job, small, [1, 2, 3], 3).Refused(507, "out-of-space").Run(disk.Server);
        Assert.Equal("60", refused["Retry-After"]);
        await Upload.HeadOfNone(_job, small, 404).Run(disk.Server);
        await grpc.Report(
            "phone-1", 1, new QueuedFile { Job = _job, Media = small.ToString(), State = QueueState.QueuePending });
        Assert.Equal(bytes, (await Upload.Download(_job, stored).Run(disk.Server)).Body);
        await new HttpTest("GET", "/readyz") { Status = 200 }.Run(disk.Server);
        await Upload.Delete(_job, open).Run(disk.Server);
        await watcher.Sees("that the large upload ended", e => e.UploadFailed is not null);

        await Eventually.True("there is room", () => disk.Free > Reserve);
        await Upload.CreateWith(_job, small, [1, 2, 3], 3).Run(disk.Server);
        await disk.Server.Logs("is full");
        await disk.Server.Logs("has room again");
        disk.Server.MustHaveACleanLog();
    }

    [OwnDiskFact]
    public async Task Of_a_body_with_a_checksum_that_does_not_fit_nothing_is_kept()
    {
        await using var disk = await StartDisk();
        var (media, bytes) = (Fresh.Media(), TestMedia.Bytes(40 << 20));
        await Upload.Create(_job, media, bytes.Length).Run(disk.Server);

        await Upload.Patch(_job, media, 0, bytes).With("Upload-Checksum", Digests.Checksum("sha1", bytes))
            .Refused(507, "out-of-space").Run(disk.Server);

        await Upload.Head(_job, media, 0, bytes.Length).Run(disk.Server);
        Assert.InRange(disk.Free, 30 << 20, long.MaxValue);
        disk.Server.MustHaveACleanLog();
    }

    [OwnDiskFact]
    public async Task What_another_program_fills_and_frees_again_does_not_matter_afterwards()
    {
        await using var disk = await StartDisk();
        await using var grpc = await GrpcJs.Start(disk.Server);
        var (media, bytes) = _files[0];
        await Upload.CreateWith(_job, media, bytes[..1000], Length).Run(disk.Server);

        disk.Fill();
        var refused = await CreateUntilRefused(disk.Server);
        await Upload.Patch(_job, media, 1000, bytes[1000..]).Refused(507, "out-of-space").Run(disk.Server);
        await Upload.Head(_job, media, 1000, Length).Run(disk.Server);
        Assert.Equal(
            "unavailable",
            (await grpc.Fail("Devices/ReportQueue", new ReportQueueRequest { Device = "phone-1", Revision = 1 }))
                .IngestError);
        disk.Empty();

        await refused.Run(disk.Server);
        await grpc.Report("phone-1", 1);
        await Eventually.True("the upload goes on", () => GoesOn(disk.Server, media, bytes));
        disk.Server.MustHaveACleanLog();
    }

    [OwnDiskFact]
    public async Task Without_a_reserve_the_last_byte_is_taken()
    {
        await using var disk = await OwnDisk.Start(Size, "DiskReserve=0");

        var open = await FillWithAnUpload(disk.Server);

        Assert.InRange(disk.Free, 0, 1 << 20);
        Assert.NotNull(await Upload.Offset(disk.Server, _job, open));
    }

    private static Task<OwnDisk> StartDisk() => OwnDisk.Start(Size, $"DiskReserve={Reserve}");

    /// <summary>Sends what is missing.</summary>
    /// <returns>Whether it is stored now, every byte of it; if not, the disk was full.</returns>
    private async Task<bool> GoesOn(IngestServer server, Guid media, byte[] bytes)
    {
        var offset = (int)(await Upload.Offset(server, _job, media))!.Value;
        if (offset < bytes.Length && !await Sends(server, media, offset, bytes[offset..]))
            return false;
        Assert.Equal(bytes, (await Upload.Download(_job, media).Run(server)).Body);
        return true;
    }

    private async Task<bool> Sends(IngestServer server, Guid media, int offset, byte[] rest)
    {
        using var response = await Upload.Patch(_job, media, offset, rest).Send(server);
        if (response.IsSuccessStatusCode)
            return true;
        Assert.Equal(507, (int)response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.InRange((await Upload.Offset(server, _job, media))!.Value, offset, offset + rest.Length - 1);
        return false;
    }

    /// <summary>Deletes a media that is complete, and waits until its bytes are gone.</summary>
    private async Task DeleteOne(OwnDisk disk, GrpcJs grpc)
    {
        var complete = (await grpc.ListAllMedia(_job)).First(media => media.State == MediaState.Stored);
        var free = disk.Free;
        await grpc.DeleteMedia(_job, Guid.Parse(complete.Media_));
        await Eventually.True("its bytes are gone", () => disk.Free > free);
    }

    private async Task<Guid> FillWithAnUpload(IngestServer server)
    {
        var media = Fresh.Media();
        await Upload.Create(_job, media, 1 << 30).Run(server);
        while (await Sends(server, media, (int)(await Upload.Offset(server, _job, media))!.Value, new byte[Length]))
        {
            // there is room
        }
        return media;
    }

    /// <summary>The journal's last page may have room for a few.</summary>
    private async Task<HttpTest> CreateUntilRefused(IngestServer server)
    {
        while (true)
        {
            var create = Upload.Create(_job, Fresh.Media(), 10);
            using var response = await create.Send(server);
            if (response.IsSuccessStatusCode)
                continue;
            Assert.Equal(507, (int)response.StatusCode);
            return create;
        }
    }
}
