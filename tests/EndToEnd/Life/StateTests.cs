using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Life;

/// <summary>Every row of the table "States": what people see of a media.</summary>
[Collection(LifeCollection.Name)]
public sealed class StateTests(LifeServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly GrpcJs _grpc = fixture.Grpc;
    private readonly string _job = Fresh.Job();
    private readonly string _device = Fresh.Device();
    private readonly Guid _media = Fresh.Media();

    [Theory]
    [InlineData(QueueState.QueuePending, "Pending", 1, 0)]
    [InlineData(QueueState.QueueQueued, "Queued", 0, 1)]
    public async Task Announced_is_what_the_device_said_with_the_reports_age(
        QueueState said, string word, int pending, int queued)
    {
        await _grpc.Report(_device, 1, File(said));

        var media = await _grpc.FindMedia(_job, _media);
        Assert.Equal(
            (MediaState.Announced, word, _device, 0L),
            (media.State, media.Word, media.Device, media.FirstSeq));
        Assert.Equal(("roof.jpg", 1234L, "roof"), (media.Filename, media.Length, media.Section));
        var job = await _grpc.GetJob(_job);
        var device = await _grpc.GetDevice(_device);
        Assert.Equal(new Received(), job.Received);
        Assert.Equal(
            [new Announced { Device = _device, Pending = pending, Queued = queued, ReportedAt = device.ReportedAt }],
            job.Announced);
        Assert.Equal(device.ReportedAt, media.ChangedAt);
    }

    [Fact]
    public async Task Created_and_without_a_byte_is_Queued()
    {
        await Upload.Create(_job, _media, 10).Run(_server);

        await MustBe(MediaState.Waiting, "Queued");
        Assert.Equal(new Received { Total = 1, Waiting = 1 }, (await _grpc.GetJob(_job)).Received);
    }

    [Fact]
    public async Task With_a_byte_just_now_it_is_Uploading()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 10).Run(_server);

        await Eventually.True("the list knows of the bytes", async () =>
            (await _grpc.FindMedia(_job, _media)).Offset == 3);
        await MustBe(MediaState.Uploading, "Uploading");
        Assert.Equal(new Received { Total = 1, Uploading = 1 }, (await _grpc.GetJob(_job)).Received);
    }

    [Fact]
    public async Task An_announced_one_of_which_bytes_come_is_announced_no_more()
    {
        await _grpc.Report(_device, 1, File(QueueState.QueueQueued));

        await Upload.Create(_job, _media, 10).Run(_server);

        await MustBe(MediaState.Waiting, "Queued");
        Assert.Empty((await _grpc.GetJob(_job)).Announced);
    }

    [Fact]
    public async Task Stored_is_Synced()
    {
        await Store(_media, [1, 2, 3], _device);

        var media = await MustBe(MediaState.Stored, "Synced");
        Assert.Equal((3L, 3L, ""), (media.Offset, media.Length, media.DuplicateOf));
        Assert.Equal(TestMedia.Sha256([1, 2, 3]), Convert.ToHexStringLower(media.Sha256.Span));
        Assert.Equal(new Received { Total = 1, Stored = 1, StoredBytes = 3 }, (await _grpc.GetJob(_job)).Received);
    }

    [Fact]
    public async Task A_duplicate_is_Synced_and_keeps_its_own_section_and_says_who_sent_it_first()
    {
        var first = Fresh.Media();
        await Store(first, [1, 2, 3], "crew-1", "roof");
        await Store(_media, [1, 2, 3], "crew-2", "cellar");

        var media = await MustBe(MediaState.Duplicate, "Synced");
        Assert.Equal((first.ToString(), "crew-1"), (media.DuplicateOf, media.DuplicateOfDevice));
        Assert.Equal(("crew-2", "cellar"), (media.Device, media.Section));
        Assert.Equal(
            new Received { Total = 2, Stored = 1, Duplicates = 1, StoredBytes = 3 },
            (await _grpc.GetJob(_job)).Received);
    }

    [Fact]
    public async Task An_error_says_why_and_whether_a_retry_helps()
    {
        await Upload.Create(_job, _media, 10).Run(_server);
        await Upload.Delete(_job, _media).Run(_server);

        var media = await MustBe(MediaState.Error, "Error");
        Assert.Equal(("terminated", true), (media.Failure.Code, media.Failure.Retryable));
        Assert.NotEmpty(media.Failure.Message);
        Assert.Equal(new Received { Total = 1, Errors = 1 }, (await _grpc.GetJob(_job)).Received);
    }

    [Fact]
    public async Task Deleted_is_not_shown_unless_asked_for()
    {
        await Store(_media, [1, 2, 3], _device);
        await _grpc.DeleteMedia(_job, _media);

        Assert.Empty(await _grpc.ListAllMedia(_job));
        var asked = await _grpc.ListMedia(new ListMediaRequest { Job = _job, States = { MediaState.Deleted } });
        Assert.Equal(
            [(_media.ToString(), MediaState.Deleted, "")],
            asked.Media.Select(m => (m.Media_, m.State, m.Word)));
        Assert.Equal(new Received { Deleted = 1 }, (await _grpc.GetJob(_job)).Received);
    }

    private QueuedFile File(QueueState state) => new()
    {
        Job = _job,
        Media = _media.ToString(),
        State = state,
        Filename = "roof.jpg",
        Length = 1234,
        Section = "roof",
    };

    private Task<HttpAnswer> Store(Guid media, byte[] bytes, string device, string section = "") =>
        Upload.CreateWith(_job, media, bytes, bytes.Length, ("device", device), ("section", section)).Run(_server);

    private async Task<Media> MustBe(MediaState state, string word)
    {
        var media = await _grpc.FindMedia(_job, _media);
        Assert.Equal((state, word), (media.State, media.Word));
        return media;
    }
}
