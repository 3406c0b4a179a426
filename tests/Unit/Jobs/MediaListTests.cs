using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>The states that people see.</summary>
public sealed class MediaListTests
{
    private static readonly DateTimeOffset s_noon = Some.Morning.AddHours(4);

    private readonly LivedJob _job = new();
    private readonly LiveUploads _live = new();
    private readonly Announcements _announced = new();

    [Theory]
    [InlineData(0, ViewState.Uploading)]
    [InlineData(29.999, ViewState.Uploading)]
    [InlineData(30, ViewState.Waiting)]
    public void An_upload_is_uploading_for_30_seconds_after_a_byte_and_then_waiting(double seconds, ViewState state)
    {
        _job.Do(Some.Create(1, "here"));
        _live.Received(Chunk(1, offset: 40, length: 100));
        var view = List(s_noon.AddSeconds(seconds)).Single();
        Assert.Equal((state, 40, 100), (view.State, view.Offset, view.Length));
    }

    [Fact]
    public void An_upload_without_a_byte_is_waiting()
    {
        _job.Do(Some.Create(1, "here") with { Length = 100 });
        var view = List().Single();
        Assert.Equal((ViewState.Waiting, 0, 100), (view.State, view.Offset, view.Length));
    }

    [Fact]
    public void A_stored_media_is_all_here_whatever_late_chunk_still_comes()
    {
        _job.Store(1, content: 7);
        _live.Received(Chunk(1, offset: 40, length: 100));
        var view = List().Single();
        Assert.Equal((ViewState.Stored, Some.Length(7), Some.Length(7)), (view.State, view.Offset, view.Length));
    }

    [Fact]
    public void A_late_chunk_of_an_ended_upload_does_not_make_it_move()
    {
        _job.Do(Some.Create(1, "here"));
        _live.Received(Chunk(1, offset: 40, length: 100));
        _job.Do(Some.Fail(1, "here", Some.Termination));
        Assert.Equal(0, _live.Moving(_job.Job, s_noon));
        Assert.Equal(ViewState.Error, List().Single().State);
    }

    [Fact]
    public void A_duplicate_says_which_device_sent_the_original()
    {
        _job.Store(1, content: 7);
        _job.Do(Some.Create(2, "unused") with { Device = "phone-2", Sha256 = Some.Hash(7) });
        var view = List()[1];
        Assert.Equal(
            (ViewState.Duplicate, "phone-1", "phone-2"),
            (view.State, view.DuplicateOfDevice, view.Media!.Device));
    }

    [Fact]
    public void An_error_is_shown_with_its_reason()
    {
        _job.Do(Some.Create(1, "here"));
        _job.Do(Some.Fail(1, "here", Some.Expiry));
        var view = List().Single();
        Assert.Equal((ViewState.Error, Some.Expiry), (view.State, view.Media!.Failure));
    }

    [Fact]
    public void A_deleted_media_is_shown_only_to_those_who_ask_for_it()
    {
        _job.Store(1, content: 7);
        _job.Do(Some.Delete(1));
        Assert.Empty(List());
        var asked = Lister(s_noon).Page(new MediaQuery { Limit = 10, States = [ViewState.Deleted] });
        Assert.Equal(ViewState.Deleted, asked.Media.Single().State);
    }

    [Theory]
    [InlineData(QueueState.Pending)]
    [InlineData(QueueState.Queued)]
    public void A_reported_file_is_announced_as_its_device_said_and_with_the_reports_age(QueueState state)
    {
        _announced.Apply(Report(
            s_noon.AddHours(-2),
            new QueuedFile { Job = Some.Job, Media = Some.Media(1), State = state, Length = 5 }));
        var view = List().Single();
        Assert.Equal((ViewState.Announced, state, 5, 0), (view.State, view.Announced!.State, view.Length, view.Offset));
        Assert.Equal(("phone-1", s_noon.AddHours(-2)), (view.AnnouncedBy, view.AnnouncedAt));
        Assert.Null(view.Media);
    }

    [Fact]
    public void A_reported_file_whose_upload_has_started_is_not_announced_any_more()
    {
        _announced.Apply(
            Report(s_noon, new QueuedFile { Job = Some.Job, Media = Some.Media(1), State = QueueState.Queued }));
        _job.Do(Some.Create(1, "here"));
        Assert.Equal(ViewState.Waiting, List().Single().State);
    }

    private static ChunkReceived Chunk(int media, long offset, long length) =>
        new(Some.Media(media), "phone-1", offset, length, s_noon);

    private static QueueReport Report(DateTimeOffset at, params QueuedFile[] files) =>
        new() { Device = "phone-1", Revision = 1, At = at, Files = files };

    private IReadOnlyList<MediaView> List(DateTimeOffset? now = null) =>
        Lister(now ?? s_noon).Page(new MediaQuery { Limit = 10 }).Media;

    private MediaLister Lister(DateTimeOffset now) => new(_job.Job, _live, _announced, now);
}
