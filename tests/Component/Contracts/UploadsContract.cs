using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What every table of open uploads promises.</summary>
public abstract class UploadsContract : IDisposable
{
    private const string Job = "roof";

    private readonly IJournalData _data;
    private readonly Node _node;
    private readonly Guid _media = Guid.NewGuid();

    protected UploadsContract(IJournalData data) => (_data, _node) = (data, data.Open());

    private IUploads Uploads => _node.Uploads;

    public void Dispose()
    {
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_upload_that_was_never_opened_is_not_there() =>
        Assert.Null(await Uploads.Find(Job, _media).Soon());

    [Fact]
    public async Task An_upload_is_opened_with_its_event_and_closed_with_another()
    {
        var upload = Sample.Upload(Job, _media);
        await Append(0, opened: [upload]);
        Assert.Equal(upload, await Uploads.Find(Job, _media).Soon());

        await Append(1, closed: [_media]);
        Assert.Null(await Uploads.Find(Job, _media).Soon());
        Assert.Empty((await _node.Journal.Load(Job).Soon()).Uploads);
    }

    [Fact]
    public async Task An_upload_that_opens_and_closes_at_once_is_never_there()
    {
        await Append(0, opened: [Sample.Upload(Job, _media)], closed: [_media]);

        Assert.Null(await Uploads.Find(Job, _media).Soon());
        Assert.Empty(await Uploads.List().Soon());
    }

    [Fact]
    public async Task An_upload_can_be_opened_again_after_it_was_closed()
    {
        var again = Sample.Upload(Job, _media) with { Place = "another place" };
        await Append(0, opened: [Sample.Upload(Job, _media)]);
        await Append(1, closed: [_media]);
        await Append(2, opened: [again]);

        Assert.Equal(again, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task Closing_what_is_not_open_does_nothing()
    {
        await Append(0, opened: [Sample.Upload(Job, _media)], closed: [Guid.NewGuid()]);

        Assert.NotNull(await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task The_same_id_in_two_jobs_is_two_uploads()
    {
        await Append(0, opened: [Sample.Upload(Job, _media)]);
        await _node.Journal.Append(Sample.Append("cellar", 0) with { Opened = [Sample.Upload("cellar", _media)] }).Soon();
        await Append(1, closed: [_media]);

        Assert.Null(await Uploads.Find(Job, _media).Soon());
        Assert.NotNull(await Uploads.Find("cellar", _media).Soon());
    }

    [Fact]
    public async Task All_open_uploads_of_all_jobs_are_listed()
    {
        var ours = Sample.Upload(Job, _media);
        var theirs = Sample.Upload("cellar", _media, length: null);
        await Append(0, opened: [ours]);
        await _node.Journal.Append(Sample.Append("cellar", 0) with { Opened = [theirs] }).Soon();

        Assert.Equal([theirs, ours], (await Uploads.List().Soon()).OrderBy(u => u.Job));
    }

    [Fact]
    public async Task The_open_uploads_of_a_device_are_counted_in_all_jobs_and_no_further_than_asked()
    {
        await Append(0, opened: [.. Enumerable.Range(0, 3).Select(_ => Sample.Upload(Job, Guid.NewGuid()) with { Device = "phone" })]);
        var (cellar, nobody) = (Sample.Upload("cellar", _media) with { Device = "phone" }, Sample.Upload("cellar", Guid.NewGuid()) with { Device = "" });
        await _node.Journal.Append(Sample.Append("cellar", 0) with { Opened = [cellar, nobody] }).Soon();

        await Uploads.OpenPartial(Sample.Upload(Job, Guid.NewGuid()) with { Device = "phone", Concat = UploadRow.Partial }).Soon();

        Assert.Equal(4, await Uploads.Count("phone", 10).Soon());
        Assert.Equal(2, await Uploads.Count("phone", 2).Soon());
        Assert.Equal(0, await Uploads.Count("Phone", 10).Soon());
        Assert.Equal(0, await Uploads.Count("", 10).Soon());

        await _node.Journal.Append(Sample.Append("cellar", 1) with { Closed = [_media] }).Soon();
        Assert.Equal(3, await Uploads.Count("phone", 10).Soon());
    }

    [Fact]
    public async Task The_length_is_set_once_and_never_changes()
    {
        await Append(0, opened: [Sample.Upload(Job, _media, length: null)]);
        Assert.Null((await Uploads.Find(Job, _media).Soon())!.Length);

        Assert.Equal(500, await Uploads.SetLength(Job, _media, 500).Soon());
        Assert.Equal(500, await Uploads.SetLength(Job, _media, 600).Soon());
        Assert.Equal(500, (await Uploads.Find(Job, _media).Soon())!.Length);
    }

    [Fact]
    public async Task A_length_of_zero_is_a_length()
    {
        await Append(0, opened: [Sample.Upload(Job, _media, length: null)]);

        Assert.Equal(0, await Uploads.SetLength(Job, _media, 0).Soon());
        Assert.Equal(0, await Uploads.SetLength(Job, _media, 1).Soon());
    }

    [Fact]
    public async Task An_upload_that_is_not_open_has_no_length_to_set() =>
        Assert.Null(await Uploads.SetLength(Job, _media, 500).Soon());

    [Fact]
    public async Task A_recorded_offset_puts_off_the_expiry()
    {
        var upload = Sample.Upload(Job, _media);
        await Append(0, opened: [upload]);
        await Uploads.RecordOffset(Job, _media, upload.Place, 700, Sample.Now.AddDays(15)).Soon();

        Assert.Equal(upload with { DurableOffset = 700, ExpiresAt = Sample.Now.AddDays(15) }, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task A_recorded_offset_may_go_back()
    {
        var upload = Sample.Upload(Job, _media);
        await Append(0, opened: [upload]);
        await Uploads.RecordOffset(Job, _media, upload.Place, 700, Sample.Now).Soon();
        await Uploads.RecordOffset(Job, _media, upload.Place, 300, Sample.Now).Soon();

        Assert.Equal(300, (await Uploads.Find(Job, _media).Soon())!.DurableOffset);
    }

    [Fact]
    public async Task An_offset_of_a_place_that_is_not_the_upload_s_any_more_is_ignored()
    {
        var upload = Sample.Upload(Job, _media);
        await Append(0, opened: [upload]);
        Assert.False(await Uploads.RecordOffset(Job, _media, "an earlier place", 700, Sample.Now).Soon());
        Assert.False(await Uploads.RecordOffset("cellar", _media, upload.Place, 700, Sample.Now).Soon());

        Assert.Equal(upload, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task Bytes_that_are_not_verified_are_marked_until_an_offset_is_recorded()
    {
        var upload = Sample.Upload(Job, _media);
        await Append(0, opened: [upload]);
        Assert.True(await Uploads.MarkUnverified(Job, _media, upload.Place, 300).Soon());
        Assert.Equal(upload with { UnverifiedFrom = 300 }, await Uploads.Find(Job, _media).Soon());

        await Uploads.RecordOffset(Job, _media, upload.Place, 700, upload.ExpiresAt).Soon();
        Assert.Equal(upload with { DurableOffset = 700 }, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task The_mark_of_bytes_that_are_not_verified_can_be_taken_away()
    {
        var upload = Sample.Upload(Job, _media) with { UnverifiedFrom = 0 };
        await Append(0, opened: [upload]);
        Assert.Equal(upload, await Uploads.Find(Job, _media).Soon());

        Assert.True(await Uploads.MarkUnverified(Job, _media, upload.Place, from: null).Soon());
        Assert.Equal(upload with { UnverifiedFrom = null }, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task Bytes_of_a_place_that_is_not_the_upload_s_any_more_are_not_marked()
    {
        await Append(0, opened: [Sample.Upload(Job, _media)]);

        Assert.False(await Uploads.MarkUnverified(Job, _media, "an earlier place", 300).Soon());
        Assert.Null((await Uploads.Find(Job, _media).Soon())!.UnverifiedFrom);
    }

    [Fact]
    public async Task A_partial_upload_is_opened_and_closed_without_an_event()
    {
        var partial = Sample.Upload(Job, _media) with { Concat = UploadRow.Partial };
        await Uploads.OpenPartial(partial).Soon();

        Assert.Equal(partial, await Uploads.Find(Job, _media).Soon());
        Assert.Equal([partial], await Uploads.List().Soon());
        Assert.Empty((await _node.Journal.Load(Job).Soon()).Uploads);
        Assert.True(await Uploads.RecordOffset(Job, _media, partial.Place, 1000, Sample.Now).Soon());
        Assert.True((await Uploads.Find(Job, _media).Soon())!.IsWhole);

        Assert.False(await Uploads.ClosePartial(Job, _media, "an earlier place").Soon());
        Assert.True(await Uploads.ClosePartial(Job, _media, partial.Place).Soon());
        Assert.Null(await Uploads.Find(Job, _media).Soon());
        Assert.False(await Uploads.ClosePartial(Job, _media, partial.Place).Soon());
    }

    [Fact]
    public async Task A_partial_upload_is_not_among_those_of_its_job()
    {
        await Append(0, opened: [Sample.Upload(Job, _media)]);
        await Uploads.OpenPartial(Sample.Upload(Job, Guid.NewGuid()) with { Concat = UploadRow.Partial }).Soon();

        Assert.Equal(_media, Assert.Single((await _node.Journal.Load(Job).Soon()).Uploads).Media);
    }

    [Fact]
    public async Task The_finals_of_a_job_are_listed()
    {
        var final = Sample.Upload(Job, _media) with { Concat = "final;/a /b" };
        await Append(0, opened: [final, Sample.Upload(Job, Guid.NewGuid())]);
        await Uploads.OpenPartial(Sample.Upload(Job, Guid.NewGuid()) with { Concat = UploadRow.Partial }).Soon();

        Assert.Equal([final], await Uploads.Finals(Job).Soon());
        Assert.Empty(await Uploads.Finals("cellar").Soon());
    }

    [Fact]
    public async Task What_was_recorded_is_there_after_a_restart()
    {
        var upload = Sample.Upload(Job, _media, length: null);
        await Append(0, opened: [upload]);
        await Uploads.SetLength(Job, _media, 500).Soon();
        await Uploads.RecordOffset(Job, _media, upload.Place, 300, Sample.Now).Soon();
        _node.Dispose();

        Assert.Equal(
            upload with { Length = 500, DurableOffset = 300, ExpiresAt = Sample.Now },
            await _data.Open().Uploads.Find(Job, _media).Soon());
    }

    private async Task Append(long expected, UploadRow[]? opened = null, Guid[]? closed = null) =>
        Assert.True(await _node.Journal.Append(Sample.Append(Job, expected) with { Opened = opened ?? [], Closed = closed ?? [] }).Soon());
}
