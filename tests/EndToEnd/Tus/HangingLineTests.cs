using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// A phone's old connection hangs for minutes, and no new request waits for it. This server would
/// wait an hour for its next byte.
/// </summary>
public sealed class HangingLineTests(HangingLineTests.PatientServer fixture)
    : IClassFixture<HangingLineTests.PatientServer>
{
    private readonly IngestServer _server = fixture.Server;
    private readonly InterruptedFile _file = new(fixture.Server);

    [Fact]
    public async Task Who_comes_back_goes_on_at_once()
    {
        using var hanging = await _file.SendPart();

        await _file.MustCompleteFrom(await _file.TakeOver());

        Assert.Equal("", await hanging.ReadHead());
    }

    [Fact]
    public async Task Who_looks_first_learns_the_offset()
    {
        using var hanging = await _file.SendPart();

        var offset = await Upload.Offset(_server, _file.Job, _file.Media);

        await _file.MustCompleteFrom(offset!.Value);
    }

    /// <summary>It was told where it can go on, and the old line was not dead yet.</summary>
    [Fact]
    public Task Who_looked_goes_on_there_although_more_has_come_since() => Eventually.True("more came", async () =>
    {
        const int more = 34_567;
        var file = new InterruptedFile(_server);
        using var hanging = await file.SendPart(from: 1000);
        Assert.Equal(file.Sent, await Upload.Offset(_server, file.Job, file.Media));
        await hanging.TrySend(file.Rest[..more]);
        var closed = hanging.ReadHead();
        bool HasMore() => _server.HasFileOf(file.Sent + more);
        await Eventually.True("more comes, or the line had seemed to hang", () => closed.IsCompleted || HasMore());
        if (closed.IsCompleted)
            return false;

        await file.MustCompleteFrom(file.Sent);

        Assert.Equal("", await closed);
        return true;
    });

    /// <summary>
    /// No request held the upload when its client asked: that of the old
    /// connection began only afterwards.
    /// </summary>
    [Fact]
    public async Task A_client_goes_on_where_it_was_told_although_a_late_request_brought_more()
    {
        var came = Fresh.Length(200_000);
        var (job, media, bytes) = (Fresh.Job(), Fresh.Media(), TestMedia.Bytes(400_000));
        await Upload.Create(job, media, bytes.Length).Run(_server);
        await Upload.Head(job, media, 0, bytes.Length).Run(_server);
        using var late = await RawConnection.Open(_server);
        await late.SendPatch(Upload.Url(job, media), 0, ("Content-Length", bytes.Length));
        await late.Send(bytes.AsMemory(..came));
        await Eventually.True("the late request's bytes are here", () => _server.HasFileOf(came));

        await Upload.Patch(job, media, 0, bytes).Run(_server);

        Assert.Equal(bytes, (await Upload.Download(job, media).Run(_server)).Body);
    }

    /// <summary>They need not wait for one another, nor for a byte.</summary>
    [Fact]
    public async Task Many_may_look()
    {
        using var hanging = await _file.SendPart(from: 1000);

        var heads = Enumerable.Range(0, 20).Select(_ => Upload.Offset(_server, _file.Job, _file.Media));
        var offsets = await Task.WhenAll(heads);

        Assert.All(offsets, offset => Assert.Equal(_file.Sent, offset));
        await _file.MustCompleteFrom(_file.Sent);
    }

    /// <summary>On a busy machine the line may seem to hang: then once more.</summary>
    [Fact]
    public Task Who_looks_while_bytes_come_stops_nobody() => Eventually.True("the upload went on", async () =>
    {
        var file = new InterruptedFile(_server);
        using var moving = await file.SendPart();
        Assert.Equal(file.Sent, await Upload.Offset(_server, file.Job, file.Media));
        await Record.ExceptionAsync(() => moving.Send(file.Rest));
        return (await moving.ReadHead()).StartsWith("HTTP/1.1 204 ", StringComparison.Ordinal);
    });

    [Fact]
    public async Task An_upload_can_be_given_up()
    {
        using var hanging = await _file.SendPart();

        await Upload.Delete(_file.Job, _file.Media).Run(_server);

        Assert.Equal("", await hanging.ReadHead());
        await Upload.HeadOfNone(_file.Job, _file.Media, 410).Run(_server);
    }

    /// <summary>
    /// The client comes back with the offset at which its old request began,
    /// and more bytes have come since.
    /// </summary>
    [Fact]
    public async Task Who_comes_back_where_the_old_line_began_ends_it_and_is_told_the_offset()
    {
        using var hanging = await _file.SendPart(from: 1000);

        var refused = await Upload.Patch(_file.Job, _file.Media, 1000, [1])
            .Refused(409, "offset-mismatch").Run(_server);

        Assert.Equal("", await hanging.ReadHead());
        await _file.MustCompleteFrom(long.Parse(refused["Upload-Offset"]!));
    }

    /// <summary>
    /// What came on the old line since a HEAD does not count, also if the
    /// file ends where the HEAD said.
    /// </summary>
    [Fact]
    public Task A_file_may_end_where_its_client_was_told_to_go_on() => Eventually.True("more came", async () =>
    {
        var (job, media, told, sent) = (Fresh.Job(), Fresh.Media(), Fresh.Length(40_000), Fresh.Length(60_000));
        var bytes = TestMedia.Bytes(sent + 1, seed: 5);
        await Upload.Create(job, media, null).Run(_server);
        using var hanging = await RawConnection.Open(_server);
        await hanging.SendPatch(Upload.Url(job, media), 0, ("Content-Length", bytes.Length));
        await hanging.Send(bytes.AsMemory(0, told));
        await Eventually.True("the server tells of them", async () =>
            await Upload.Offset(_server, job, media) == told);
        await hanging.TrySend(bytes[told..sent]);
        var closed = hanging.ReadHead();
        await Eventually.True("more comes, or the line had seemed to hang", () =>
            closed.IsCompleted || _server.HasFileOf(sent));
        if (closed.IsCompleted)
            return false;

        await Upload.Patch(job, media, told, []).With("Upload-Length", $"{told}").Run(_server);

        await Upload.Head(job, media, told, told).Run(_server);
        Assert.Equal(bytes[..told], (await Upload.Download(job, media).Run(_server)).Body);
        await closed;
        return true;
    });

    [Fact]
    public async Task Who_is_behind_is_refused_and_stops_nobody()
    {
        using var moving = await _file.SendPart(from: 1000);

        var refused = await Upload.Patch(_file.Job, _file.Media, 0, [1]).Refused(409, "offset-mismatch").Run(_server);

        Assert.Equal("1000", refused["Upload-Offset"]); // what is beyond it is not safe yet
        await moving.Send(_file.Rest);
        Assert.StartsWith("HTTP/1.1 204 ", await moving.ReadHead());
        await _file.MustBeComplete();
    }

    [Fact]
    public async Task Others_see_what_came_although_nothing_more_comes()
    {
        using var hanging = await _file.SendPart();

        var aWhile = TimeSpan.FromSeconds(30);
        await Eventually.True("the list knows of the bytes", async () => (await Seen()).Offset == _file.Sent, aWhile);

        Assert.Equal(MediaState.Uploading, (await Seen()).State);
    }

    private Task<Media> Seen() => fixture.Grpc.FindMedia(_file.Job, _file.Media);

    public sealed class PatientServer() : ServerFixture("BodySilence=01:00:00");
}
