using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.MainJob;

/// <summary>The reason why all of this exists.</summary>
public sealed class MainJobTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("disk", 8, 30, 10, 200)]
    [InlineData("process", 3, 9, 3, 64)]
    public async Task Every_file_of_every_device_arrives_once_although_the_server_is_killed_in_mid_upload(
        string durability, int devices, int photosEach, int sharedEach, int videoMegabytes)
    {
        using var work = new FieldWork(devices, photosEach, sharedEach, videos: 1, videoMegabytes);
        var video = work.Sources.Single(s => s.IsVideo);
        await using var server = await IngestServer.Start($"Durability={durability}");
        await using var dashboards = await Dashboards.Open(server, work.Sources.Count);
        var phones = await work.Start(server.Http);
        var dawdling = dashboards.Dawdle();

        await VideoIsPartlyThere(server, video);
        await server.Kill();
        Assert.DoesNotContain(
            dashboards.Normal.Events,
            e => e.MediaStored is not null && e.Media == video.Media.ToString());
        await server.Restart();
        await dashboards.JoinLate();

        var results = await work.Finish(phones, s_patience);
        Assert.True(results.Single(r => r.Media == video.Media).Resumed > 0, "The video was to be resumed.");
        await dashboards.HaveSeenEverything();
        await dawdling;
        await MustBeRight(server, work);
        dashboards.MustAgree(head: 2 * work.Sources.Count);
        Assert.Equal(0, await server.Stop());
        server.MustHaveACleanLog();
    }

    private static async Task MustBeRight(IngestServer server, FieldWork work)
    {
        await using var grpc = await GrpcJs.Start(server);
        await JobChecks.EveryMediaIsSafe(grpc, work);
        await JobChecks.CountersAddUp(grpc, work);
        await JobChecks.BytesAreThoseOfTheSource(server, work);
    }

    private static Task VideoIsPartlyThere(IngestServer server, Source video) =>
        Eventually.True("the video is partly there", async () =>
            await Upload.Offset(server, FieldWork.Job, video.Media) is > 0 and var offset && offset < video.Length);
}
