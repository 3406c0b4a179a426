using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>A server that bears a silent body for a second.</summary>
public sealed class SilenceTests(SilenceTests.StrictServer fixture) : IClassFixture<SilenceTests.StrictServer>
{
    public sealed class StrictServer() : ServerFixture("BodySilence=00:00:01");

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task A_body_that_is_silent_for_too_long_is_ended_and_what_came_is_kept()
    {
        await Upload.Create(_job, _media, 10).Run(_server);
        using var line = await RawConnection.Open(_server);
        await line.SendPatch(Upload.Url(_job, _media), 0, ("Content-Length", 10));
        await line.Send("abc");

        Assert.Equal("", await line.ReadHead());

        await Upload.Head(_job, _media, 3, 10).Run(_server);
        await Upload.Patch(_job, _media, 3, [4, 5, 6, 7, 8, 9, 10]).Run(_server);
    }

    [Fact]
    public async Task So_is_one_that_brings_nothing_to_an_upload_that_is_complete()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);
        using var line = await RawConnection.Open(_server);
        await line.SendPatch(Upload.Url(_job, _media), 3, ("Transfer-Encoding", "chunked"));

        Assert.Equal("", await line.ReadHead());
    }
}
