using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// A connection breaks, or hangs, in the middle of a body with a
/// checksum: nothing of the body counts.
/// </summary>
public sealed class ChecksumBrokenLineTests(HangingLineTests.PatientServer fixture)
    : IClassFixture<HangingLineTests.PatientServer>
{
    private const int Begun = 1000;
    private static readonly (string, object) s_checksum = ("Upload-Checksum", Digests.Checksum("sha1", [1]));

    private readonly IngestServer _server = fixture.Server;
    private readonly InterruptedFile _file = new(fixture.Server);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_kept_of_a_body_that_was_cut(bool chunked)
    {
        (await SendPart(chunked)).Dispose();

        await MustGoOnFromWhereItBegan();
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_body_that_ends_before_it_should()
    {
        using var line = await SendPart();
        line.Finish();

        Assert.Equal("", await line.ReadHead());

        await MustGoOnFromWhereItBegan();
    }

    [Fact]
    public async Task While_it_comes_nobody_sees_anything_of_it()
    {
        using var line = await SendPart();

        Assert.Equal(Begun, (await fixture.Grpc.FindMedia(_file.Job, _file.Media)).Offset);
        await Upload.Head(_file.Job, _file.Media, Begun, InterruptedFile.Length).Run(_server);
    }

    /// <summary>
    /// A HEAD ends a request that hangs, and the bytes of that request
    /// are as if they had never come.
    /// </summary>
    [Fact]
    public async Task A_hanging_line_that_somebody_looks_at_leaves_nothing()
    {
        using var hanging = await SendPart();

        await Eventually.True("who looks ends the line", async () =>
        {
            await Upload.Head(_file.Job, _file.Media, Begun, InterruptedFile.Length).Run(_server);
            return !_server.HasFileOf(_file.Sent);
        });

        Assert.Equal("", await hanging.ReadHead());
        await MustGoOnFromWhereItBegan();
    }

    [Fact]
    public async Task Who_comes_back_goes_on_where_the_old_line_began()
    {
        using var hanging = await SendPart();

        await _file.MustComplete(Begun);

        Assert.Equal("", await hanging.ReadHead());
    }

    private Task<RawConnection> SendPart(bool chunked = false) => _file.SendPart(chunked, Begun, s_checksum);

    private async Task MustGoOnFromWhereItBegan()
    {
        Assert.Equal(Begun, await _file.TakeOver());
        await Upload.Head(_file.Job, _file.Media, Begun, InterruptedFile.Length).Run(_server);
        await _file.MustComplete(Begun);
    }
}
