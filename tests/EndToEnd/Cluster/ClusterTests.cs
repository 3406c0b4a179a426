using System.Net;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Cluster;

/// <summary>A server whose data are in PostgreSQL and S3.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterTests(Engines engines)
{
    private const string Job = "tower-3";
    private const int MiB = 1 << 20;
    private const int TryAgain = 75; // the exit code

    private readonly string[] _deployment = engines.NewDeployment();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_node_knows_everything_that_one_knew(bool killed)
    {
        var job = new LivedJob();
        await using var one = await IngestServer.Start(_deployment);
        await using var grpc = await GrpcJs.Start(one);
        await job.Fill(one, grpc);
        var before = await LivedJob.Seen(grpc);
        var keys = await Keys(one);
        await (killed ? one.Kill() : one.Stop());

        await using var other = await IngestServer.Start(_deployment); // its data folder is empty
        await using var otherGrpc = await GrpcJs.Start(other);

        Assert.Equal(before, await LivedJob.Seen(otherGrpc));
        Assert.Equal(keys, await Keys(other));
        await job.MustAnswerAsBefore(other);
        other.MustHaveACleanLog();
    }

    [Fact]
    public async Task A_video_goes_on_at_the_byte_where_the_killed_server_was()
    {
        var (media, video) = (Fresh.Media(), TestMedia.Bytes(23 * MiB, seed: 7));
        await using var server = await IngestServer.Start(_deployment);
        await Upload.Create(Job, media, video.Length).Run(server);
        // Not at the borders of parts, which have 5 MiB.
        foreach (var (from, to) in new[] { (0, 3 * MiB), (3 * MiB, 12_345_678), (12_345_678, 13 * MiB) })
        {
            await Upload.Patch(Job, media, from, video[from..to]).Run(server);
            await server.Kill();
            await server.Restart();
            await Upload.Head(Job, media, to, video.Length).Run(server);
        }

        await Upload.Patch(Job, media, 13 * MiB, video[(13 * MiB)..]).Run(server);

        Assert.Equal(video, (await Upload.Download(Job, media).Run(server)).Body);
        Assert.Single(await engines.Objects(_deployment));
    }

    [Fact]
    public async Task Parts_that_were_sent_at_the_same_time_become_one_object()
    {
        var (media, file) = (Fresh.Media(), TestMedia.Bytes(14 * MiB, seed: 8));
        int[] cuts = [0, 6 * MiB, (6 * MiB) + 10, 13 * MiB, file.Length];
        await using var server = await IngestServer.Start(_deployment);
        var parts = await Task.WhenAll(
            cuts.Zip(cuts.Skip(1)).Select(cut => Partial.Of(server, Job, file[cut.First..cut.Second])));

        await Upload.CreateFinal(Job, media, parts.Select(part => part.Url)).Run(server);

        Assert.Equal(file, (await Upload.Download(Job, media).Run(server)).Body);
        // Parts may become part of another file, so they live until they are given up, or expire.
        await Task.WhenAll(parts.Select(part => Upload.Delete(part.Job, part.Id).Run(server)));
        await Eventually.True("the parts are freed", async () => (await engines.Objects(_deployment)).Count == 1);
        Assert.Equal(file, (await Upload.Download(Job, media).Run(server)).Body);
    }

    [Fact]
    public async Task What_is_given_up_leaves_nothing()
    {
        var (given, deleted) = (Fresh.Media(), Fresh.Media());
        await using var server = await IngestServer.Start(_deployment);
        await Upload.Create(Job, given, 20 * MiB).Run(server);
        await Upload.Patch(Job, given, 0, TestMedia.Bytes(7 * MiB)).Run(server);
        Assert.Contains(
            await engines.Objects(_deployment), key => key.StartsWith("unfinished: ", StringComparison.Ordinal));
        await Upload.Alone(server, Job, deleted, TestMedia.Photo(1));

        await Upload.Delete(Job, given).Run(server);
        await Upload.Delete(Job, deleted).Run(server);

        await Eventually.True("nothing is left", async () => (await engines.Objects(_deployment)).Count == 0);
    }

    [Fact]
    public async Task Where_there_is_no_S3_nothing_is_acknowledged_and_nothing_is_lost()
    {
        var (media, video) = (Fresh.Media(), TestMedia.Bytes(8 * MiB, seed: 9));
        await using var server = await IngestServer.Start(_deployment);
        await Upload.Create(Job, media, video.Length).Run(server);
        await Upload.Patch(Job, media, 0, video[..(6 * MiB)]).Run(server);

        await engines.S3("gateway-stop");
        await (Upload.Patch(Job, media, 6 * MiB, video[(6 * MiB)..]) with
        {
            Status = 503,
            Problem = "storage-failed",
            Expected = [],
        }).Run(server);
        await engines.S3("gateway-start");

        await Eventually.True("it goes on", () => CanGoOn(server, media, video, 6 * MiB));
        Assert.Equal(video, (await Upload.Download(Job, media).Run(server)).Body);
    }

    [Fact]
    public async Task Where_there_is_no_PostgreSQL_nothing_is_acknowledged_and_nothing_is_lost()
    {
        var (stored, media) = (Fresh.Media(), Fresh.Media());
        var (photo, later) = (TestMedia.Photo(2), TestMedia.Photo(3));
        var create = Upload.CreateWith(Job, media, later, later.Length);
        await using var server = await IngestServer.Start(_deployment);
        await Upload.CreateWith(Job, stored, photo, photo.Length).Run(server);

        await engines.Postgres("crash");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await create.Send(server)).StatusCode);
        await engines.Postgres("start");

        await Eventually.True(
            "it takes pictures again", async () => (await create.Send(server)).IsSuccessStatusCode);
        Assert.Equal(photo, (await Upload.Download(Job, stored).Run(server)).Body);
        Assert.Equal(later, (await Upload.Download(Job, media).Run(server)).Body);
    }

    [Fact]
    public async Task Commands_for_a_data_folder_say_what_to_do_instead()
    {
        await using var server = await IngestServer.Start(_deployment);
        foreach (var command in new[] { "check", "backup --to copy" })
        {
            var (code, said) = await server.Shell($"./run {command} --Ingest:DataDir=data");
            Assert.Equal(2, code);
            Assert.Contains("docs/cluster.md", said, StringComparison.Ordinal);
        }
        Assert.Equal(0, (await server.Shell("./run scrub --Ingest:DataDir=data")).Code);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_does_not_start()
    {
        await using var one = await IngestServer.Start(_deployment);
        await using var other = IngestServer.Create(_deployment);
        Assert.Contains("Another server", await other.MustNotStart(TryAgain), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_is_not_swept_for_another_database()
    {
        await using (await IngestServer.Start(_deployment))
        {
            // It marks the bucket.
        }
        await using var other = IngestServer.Create([.. _deployment, $"PostgresSchema=d{Guid.NewGuid():N}"]);
        Assert.Contains("belong to another database", await other.MustNotStart(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_outlives_a_restart_of_PostgreSQL()
    {
        await using var server = await IngestServer.Start(_deployment);
        await engines.Postgres("stop");
        await engines.Postgres("start");
        await Eventually.True("it takes pictures again", async () =>
            (await Upload.CreateWith(Job, Fresh.Media(), [1, 2, 3], 3).Send(server)).IsSuccessStatusCode);
        await using var other = IngestServer.Create(_deployment);
        await other.MustNotStart(TryAgain); // it has the lock again, and keeps it
        await Upload.CreateWith(Job, Fresh.Media(), [1, 2, 3, 4], 4).Run(server);
    }

    [Fact]
    public async Task A_password_is_in_no_message()
    {
        await using var server = IngestServer.Create(
            [.. _deployment, "Postgres=Host=127.0.0.1;Port=1;Username=ingest;Password=secret-word"]);
        var line = await server.MustNotStart(TryAgain);
        Assert.Contains("PostgreSQL", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", server.Log, StringComparison.Ordinal);
    }

    private static async Task<bool> CanGoOn(IngestServer server, Guid media, byte[] file, int offset) =>
        await Upload.Offset(server, Job, media) == offset
        && (await Upload.Patch(Job, media, offset, file[offset..]).Send(server)).IsSuccessStatusCode;

    private static Task<string> Keys(IngestServer server) => server.Client.GetStringAsync("/.well-known/jwks.json");
}
