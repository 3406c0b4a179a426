using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>A file is sent as phones send it, and arrives whatever happens to the line.</summary>
[Collection(TusCollection.Name)]
public sealed class SessionTests(TusServer fixture)
{
    private const int Length = 3_000_000;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly byte[] _file = TestMedia.Bytes(Length);

    /// <summary>
    /// The bytes sent before the connection breaks. Their number tells the file on
    /// the server's disk from others.
    /// </summary>
    private readonly int _sent = Fresh.Length(1_300_000);

    public static TheoryData<string> OfPhones => Form.OfPhones;

    [Theory]
    [MemberData(nameof(OfPhones))]
    public async Task A_file_whose_line_is_cut_goes_on_where_it_was(string version)
    {
        var task = new UploadTask(_server.Http.Authority, new Form(version), _job, _file);
        (await BeginIn(_server, task)).Dispose();

        await MustArrive(_server, task);

        Assert.Equal(1, task.Resumed);
    }

    [Fact]
    public async Task A_line_that_is_reset_is_a_cut_line()
    {
        var task = new UploadTask(_server.Http.Authority, Form.Final, _job, _file);
        (await BeginIn(_server, task)).Abort();

        await MustArrive(_server, task);
    }

    /// <summary>The phone changed networks; the server cannot know.</summary>
    [Fact]
    public async Task A_line_that_hangs_does_not_hold_the_upload()
    {
        var task = new UploadTask(_server.Http.Authority, Form.Final, _job, _file);
        using var hanging = await BeginIn(_server, task);

        await MustArrive(_server, task);

        Assert.Equal("", await hanging.ReadHead());
    }

    [Theory]
    [InlineData("disk")]
    [InlineData("process")]
    public async Task Who_has_heard_of_the_upload_goes_on_with_it_after_a_crash(string durability)
    {
        await using var server = await IngestServer.Start("Interim=on", $"Durability={durability}");
        var task = new UploadTask(server.Http.Authority, Form.Final, _job, _file);
        using var line = await BeginIn(server, task);
        await server.Kill();
        await server.Restart();

        await MustArrive(server, task);

        Assert.Equal(1, task.Resumed);
    }

    private async Task<RawConnection> BeginIn(IngestServer server, UploadTask task)
    {
        var line = await task.Begin(_sent);
        await Eventually.True("all that was sent is here", () => server.HasFileOf(_sent));
        return line;
    }

    private static async Task MustArrive(IngestServer server, UploadTask task)
    {
        var answer = await task.Run();

        Assert.NotNull(answer["Upload-Receipt"]);
        var url = answer["Location"] ?? task.Url!;
        var media = url.Replace("/uploads/", "/media/", StringComparison.Ordinal);
        Assert.Equal(task.File, (await new HttpTest("GET", media) { Status = 200 }.Run(server)).Body);
    }
}
