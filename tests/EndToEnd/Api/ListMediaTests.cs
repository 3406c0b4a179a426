using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Api;

/// <summary>A job with a media in every state, seen through every filter.</summary>
[Collection(ApiCollection.Name)]
public sealed class ListMediaTests(ApiServer fixture) : IAsyncLifetime
{
    private readonly IngestServer _server = fixture.Server;
    private readonly GrpcJs _grpc = fixture.Grpc;
    private readonly string _job = Fresh.Job();
    private readonly string _phone = Fresh.Device();
    private readonly Guid _stored = Fresh.Media();
    private readonly Guid _duplicate = Fresh.Media();
    private readonly Guid _waiting = Fresh.Media();
    private readonly Guid _failed = Fresh.Media();
    private readonly Guid _deleted = Fresh.Media();
    private readonly Guid _announced = Fresh.Media();

    public async ValueTask InitializeAsync()
    {
        await Upload.CreateWith(
            _job, _stored, [1, 2, 3], 3,
            ("device", "crew-1"), ("section", "roof"), ("session", "morning"))
            .Run(_server);
        await Upload.CreateWith(_job, _duplicate, [1, 2, 3], 3, ("device", "crew-2"), ("section", "cellar"))
            .Run(_server);
        await Upload.Create(
            _job, _waiting, 9,
            ("device", "crew-2"), ("section", "roof"), ("filename", "a.jpg"), ("filetype", "image/x"),
            ("capturedAt", "2026-11-21T09:30:00+01:00"), ("kind", "damage"), ("source", "camera")).Run(_server);
        await Upload.Create(_job, _failed, 9).Run(_server);
        await Upload.Delete(_job, _failed).Run(_server);
        await _grpc.DeleteMedia(_job, _deleted);
        await _grpc.Report(_phone, 1, new QueuedFile
        {
            Job = _job,
            Media = _announced.ToString(),
            State = QueueState.QueueQueued,
            Section = "roof",
            Session = "morning",
        });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task All_but_deleted_ones_are_listed_as_they_first_appeared_and_announced_ones_last()
    {
        var page = await _grpc.ListMedia(new ListMediaRequest { Job = _job });

        Assert.Equal(Texts(_stored, _duplicate, _waiting, _failed, _announced), page.Media.Select(m => m.Media_));
        Assert.Equal(("", 8L), (page.NextPageToken, page.AsOf.Seq));
    }

    [Fact]
    public async Task States_can_be_asked_for()
    {
        await MustList(new() { States = { MediaState.Stored, MediaState.Duplicate } }, _stored, _duplicate);
        await MustList(new() { States = { MediaState.Error } }, _failed);
        await MustList(new() { States = { MediaState.Deleted } }, _deleted);
        await MustList(new() { States = { MediaState.Announced, MediaState.Waiting } }, _waiting, _announced);
        await MustList(new() { States = { MediaState.Uploading } });
    }

    [Fact]
    public async Task Sections_sessions_and_devices_can_be_asked_for()
    {
        await MustList(new() { Section = "roof" }, _stored, _waiting, _announced);
        await MustList(new() { Session = "morning" }, _stored, _announced);
        await MustList(new() { Device = "crew-2" }, _duplicate, _waiting);
        await MustList(new() { Device = _phone }, _announced);
        await MustList(new() { Section = "roof", States = { MediaState.Stored } }, _stored);
        await MustList(new() { Section = "attic" });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Pages_of_any_size_make_the_whole(int size)
    {
        var seen = new List<string>();
        var request = new ListMediaRequest { Job = _job, PageSize = size };
        do
        {
            var page = await _grpc.ListMedia(request);
            Assert.InRange(page.Media.Count, 0, size);
            seen.AddRange(page.Media.Select(m => m.Media_));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(Texts(_stored, _duplicate, _waiting, _failed, _announced), seen);
    }

    [Fact]
    public async Task What_the_device_said_is_shown_word_for_word()
    {
        var media = await _grpc.FindMedia(_job, _waiting);

        Assert.Equal(
            ("a.jpg", "image/x", "2026-11-21T09:30:00+01:00"),
            (media.Filename, media.MediaType, media.CapturedAt));
        Assert.Equal(("damage", "camera", 9L, 0L), (media.Kind, media.Source, media.Length, media.Offset));
        Assert.Equal((5L, 5L), (media.FirstSeq, media.LastSeq));
    }

    [Fact]
    public async Task A_job_without_media_is_an_empty_page()
    {
        var page = await _grpc.ListMedia(new ListMediaRequest { Job = Fresh.Job() });

        Assert.Equal((0, "", 0L), (page.Media.Count, page.NextPageToken, page.AsOf.Seq));
    }

    private async Task MustList(ListMediaRequest request, params Guid[] expected)
    {
        request.Job = _job;
        Assert.Equal(Texts(expected), (await _grpc.ListMedia(request)).Media.Select(m => m.Media_));
    }

    private static IEnumerable<string> Texts(params Guid[] ids) => ids.Select(id => id.ToString());
}
