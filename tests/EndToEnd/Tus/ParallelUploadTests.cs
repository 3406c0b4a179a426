using OrleansIngest.EndToEnd.Support;
using DeviceFile = OrleansIngest.EndToEnd.Support.DeviceFile;
using MediaState = OrleansIngest.Protos.V1.MediaState;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// What tus-js-client does with <c>parallelUploads</c>: partial uploads at the
/// same time, and then a final.
/// </summary>
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
        var file = Video(folder) with { ChunkSize = chunkSize, WithCreation = withCreation };

        await using var device = await TusDevice.Start(new Uri(_server.Http, Upload.Url(_job)), [file]);
        var result = Assert.Single(await device.Done(s_patience));

        Assert.Null(result.Error);
        Assert.EndsWith(Upload.Url(_job, _media), result.Url);
        Assert.Equal(await File.ReadAllBytesAsync(file.Path), (await Upload.Download(_job, _media).Run(_server)).Body);
        var media = Assert.Single(await fixture.Grpc.ListAllMedia(_job));
        Assert.Equal(
            (MediaState.Stored, "video.mp4", "video/mp4", "phone-1"),
            (media.State, media.Filename, media.MediaType, media.Device));
    }

    /// <summary>
    /// The client does not repeat the final. A client that starts the file again under its
    /// id has it at once, or goes on.
    /// </summary>
    [Fact]
    public async Task Parts_go_on_after_a_crash_and_the_file_is_there_once()
    {
        const int Kills = 3;
        using var folder = new TemporaryFolder();
        var file = Video(folder) with { ChunkSize = 50_000 };
        await using var server = await IngestServer.Start();
        var endpoint = new Uri(server.Http, Upload.Url(_job));

        var answers = 0;
        await using var device = await TusDevice.Start(
            endpoint, [file], onAnswer: _ => Interlocked.Increment(ref answers));
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Eventually.True("some more has come", () => Volatile.Read(ref answers) >= kill * 15);
            await server.Kill();
            await server.Restart();
        }
        var result = Assert.Single(await device.Done(s_patience));
        if (result.Error is not null)
        {
            await using var again = await TusDevice.Start(endpoint, [file]);
            Assert.Null(Assert.Single(await again.Done(s_patience)).Error);
        }

        Assert.Equal(await File.ReadAllBytesAsync(file.Path), (await Upload.Download(_job, _media).Run(server)).Body);
        await using var grpc = await GrpcJs.Start(server);
        Assert.Equal(2, (await grpc.GetJob(_job)).AsOf.Seq);
        server.MustHaveACleanLog();
    }

    private DeviceFile Video(TemporaryFolder folder)
    {
        var path = folder.File("video.mp4");
        TestMedia.WriteVideo(path, 3_000_001, seed: 4);
        var metadata = new Dictionary<string, string>
        {
            ["media"] = _media.ToString(),
            ["filename"] = "video.mp4",
            ["device"] = "phone-1"
        };
        return new DeviceFile(path, metadata, Parts: 4);
    }
}
