using System.Diagnostics;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>
/// A server that waits three seconds for the next byte of a body, instead of thirty.
/// </summary>
public sealed class SlowBodyTests(SlowBodyTests.BearingServer fixture) : IClassFixture<SlowBodyTests.BearingServer>
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _bytes = TestMedia.Bytes(12); // they take twice as long as the server bears silence

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_byte_now_and_then_is_a_body_that_moves_and_holds_nobody_up(bool chunked)
    {
        await Upload.Create(_job, _media, _bytes.Length).Run(_server);
        using var line = await RawConnection.Open(_server);
        await line.SendPatch(
            Upload.Url(_job, _media),
            0,
            chunked ? ("Transfer-Encoding", "chunked") : ("Content-Length", _bytes.Length));

        foreach (var one in _bytes)
        {
            byte[] said = chunked ? [.. "1\r\n"u8, one, .. "\r\n"u8] : [one];
            await line.Send(said);
            await Pause();
            await Upload.CreateWith(_job, Fresh.Media(), TestMedia.Photo(1), TestMedia.Photo(1).Length).Run(_server);
        }
        if (chunked)
            await line.Send("0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 204 ", await line.ReadHead());
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    private static Task Pause()
    {
        var began = Stopwatch.GetTimestamp();
        return Eventually.True("a moment passes", () => Stopwatch.GetElapsedTime(began) > s_pause);
    }

    public sealed class BearingServer() : ServerFixture("BodySilence=00:00:03");
}
