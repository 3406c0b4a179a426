using OrleansIngest.EndToEnd.Support;
using DeviceFile = OrleansIngest.EndToEnd.Support.DeviceFile;
using MediaState = OrleansIngest.Protos.V1.MediaState;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>What tus-js-client does with <c>parallelUploads</c>: partial uploads at the same time, and then a final.</summary>
[Collection(TusCollection.Name)]
public sealed class ParallelUploadTests(TusServer fixture)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, 200_000)]
    public async Task A_video_in_four_parts_is_one_media(bool withCreation, int? chunkSize)
    {
        using var folder = new TemporaryFolder();
        var video = folder.File("video.mp4");
        TestMedia.WriteVideo(video, 3_000_001, seed: 4);
        var metadata = new Dictionary<string, string> { ["media"] = _media.ToString(), ["filename"] = "video.mp4", ["device"] = "phone-1" };
        var file = new DeviceFile(video, metadata, chunkSize, withCreation, Parts: 4);

        await using var device = await TusDevice.Start(new Uri(_server.Http, Upload.Url(_job)), [file]);
        var result = Assert.Single(await device.Done(s_patience));

        Assert.Null(result.Error);
        Assert.EndsWith(Upload.Url(_job, _media), result.Url);
        Assert.Equal(await File.ReadAllBytesAsync(video), (await Upload.Download(_job, _media).Run(_server)).Body);
        var media = Assert.Single(await fixture.Grpc.ListAllMedia(_job));
        Assert.Equal((MediaState.Stored, "video.mp4", "video/mp4", "phone-1"), (media.State, media.Filename, media.MediaType, media.Device));
    }
}
