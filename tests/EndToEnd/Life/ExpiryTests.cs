using System.Globalization;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Life;

/// <summary>A server whose uploads live a second without a byte.</summary>
public sealed class ImpatientServer() : ServerFixture("UploadExpiry=00:00:01");

public sealed class ExpiryTests(ImpatientServer fixture) : IClassFixture<ImpatientServer>
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task An_upload_that_nobody_continues_expires_and_can_be_created_again()
    {
        var expires = (await Upload.CreateWith(_job, _media, [1, 2], 3).Run(_server))["Upload-Expires"];

        await Eventually.True("the upload expired", async () => await Upload.Offset(_server, _job, _media) is null);

        Assert.True(DateTimeOffset.UtcNow > DateTimeOffset.ParseExact(expires!, "R", CultureInfo.InvariantCulture));
        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
        await Upload.Patch(_job, _media, 2, [3]).Refused(410, "upload-expired").Run(_server);
        var media = await fixture.Grpc.FindMedia(_job, _media);
        Assert.Equal((MediaState.Error, "expired", true), (media.State, media.Failure.Code, media.Failure.Retryable));
        await Upload.CreateWith(_job, _media, [7, 8], 2).Run(_server);
        Assert.Equal([7, 8], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    /// <summary>It did not ask before.</summary>
    [Fact]
    public async Task Whoever_creates_one_again_that_has_expired_begins_at_0()
    {
        await Upload.CreateWith(_job, _media, [1, 2], 3).Run(_server);

        await Eventually.True("it begins anew", async () =>
            (await Upload.Create(_job, _media, 3).Run(_server))["Upload-Offset"] == "0");
    }

    /// <summary>Each sweep that calls it expired has ended it, after a restart too.</summary>
    [Fact]
    public async Task A_sweep_ends_what_a_process_before_this_one_had()
    {
        await using var server = await IngestServer.Start("UploadExpiry=00:00:01");
        await Upload.CreateWith(_job, _media, [1, 2], 3).Run(server);
        await server.Kill();
        await server.Restart();

        await Eventually.True("a sweep finds it", async () =>
            (await ControlSocket.Run(server, "sweep")).Number("expired uploads") == 1);

        await using var grpc = await GrpcJs.Start(server);
        Assert.Equal(MediaState.Error, (await grpc.FindMedia(_job, _media)).State);
    }

    [Fact]
    public async Task What_is_complete_never_expires()
    {
        var other = Fresh.Media();
        await Upload.CreateWith(_job, _media, [1, 2], 2).Run(_server);
        await Upload.Create(_job, other, 2).Run(_server);

        await Eventually.True("an upload of the same age expired", async () =>
            await Upload.Offset(_server, _job, other) is null);

        await Upload.Head(_job, _media, 2, 2).Run(_server);
    }
}
