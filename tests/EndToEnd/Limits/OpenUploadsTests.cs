using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Limits;

/// <summary>A device finishes what it began before it begins much more.</summary>
[Collection(LimitsCollection.Name)]
public sealed class OpenUploadsTests(LimitsServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly string _device = Fresh.Device();

    private (string, string) Device => ("device", _device);

    [Fact]
    public async Task One_too_many_is_told_to_come_again()
    {
        await Begin(Fresh.Job());
        await Begin(_job);

        var refused = await Upload.Create(_job, Fresh.Media(), 10, Device)
            .Refused(429, "too-many-open-uploads").Run(_server);

        Assert.Equal(LimitsServer.MaxOpen.ToString(), refused.Member("maxOpenUploads"));
        Assert.True(int.Parse(refused["Retry-After"]!) > 0);
    }

    [Fact]
    public async Task Others_do_not_wait_for_it()
    {
        await Begin(_job);
        await Begin(_job);

        await Upload.Create(_job, Fresh.Media(), 10, ("device", Fresh.Device())).Run(_server);
        await Upload.Create(_job, Fresh.Media(), 10).Run(_server);
    }

    [Fact]
    public async Task What_opens_no_upload_is_not_refused()
    {
        var (open, done, photo) = (await Begin(_job), Fresh.Media(), TestMedia.Photo(1));
        await Begin(Fresh.Job());

        await Upload.CreateWith(_job, done, photo, photo.Length, Device).Run(_server);
        await Upload.Create(_job, done, photo.Length, Device).Run(_server);
        await Upload.Create(_job, Fresh.Media(), photo.Length, Device, ("sha256", TestMedia.Sha256(photo)))
            .Run(_server);
        await Upload.Create(_job, open, 10, Device).Run(_server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_ends_makes_room_for_the_next(bool completes)
    {
        var open = await Begin(_job);
        await Begin(_job);

        await (completes ? Upload.Patch(_job, open, 0, new byte[10]) : Upload.Delete(_job, open)).Run(_server);

        await Begin(_job);
        await Upload.Create(_job, Fresh.Media(), 10, Device).Refused(429, "too-many-open-uploads").Run(_server);
    }

    [Fact]
    public async Task A_tus_client_comes_again_until_it_is_taken()
    {
        var open = await Begin(_job);
        await Begin(_job);
        using var file = new DeviceQueueFile(TestMedia.Bytes(2_000_000), _device);
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var upload = file.Upload(_server, _job, status => _ = status == 429 && refused.TrySetResult());
        await refused.Task.WaitAsync(TimeSpan.FromMinutes(2));
        await Upload.Delete(_job, open).Run(_server);
        var (result, _) = await upload;

        Assert.Null(result.Error);
        await Upload.Head(_job, file.Media, 2_000_000, 2_000_000).Run(_server);
    }

    private async Task<Guid> Begin(string job)
    {
        var media = Fresh.Media();
        await Upload.Create(job, media, 10, Device).Run(_server);
        return media;
    }
}
