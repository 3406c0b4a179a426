using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What every table of open uploads promises.</summary>
public abstract partial class UploadsContract : IDisposable
{
    private const string Job = "roof";

    private static readonly TimeSpan s_later = TimeSpan.FromHours(5);

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
        var again = Sample.Upload(Job, _media) with { Incoming = Sample.Blob("another") };
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
        await _node.Journal.Append(Sample.Append("cellar", 0) with { Opened = [Sample.Upload("cellar", _media)] })
            .Soon();
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
        await Append(0, opened: [.. Enumerable.Range(0, 3)
            .Select(_ => Sample.Upload(Job, Guid.NewGuid()) with { Device = "phone" })]);
        var (cellar, nobody) = (
            Sample.Upload("cellar", _media) with { Device = "phone" },
            Sample.Upload("cellar", Guid.NewGuid()) with { Device = "" });
        await _node.Journal.Append(Sample.Append("cellar", 0) with { Opened = [cellar, nobody] }).Soon();

        await Uploads.OpenPartial(
            Sample.Upload(Job, Guid.NewGuid()) with { Device = "phone", Concat = UploadRow.Partial }).Soon();

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

        Assert.Equal(500, await Uploads.SetLength(Fence(), 500).Soon());
        Assert.Equal(500, await Uploads.SetLength(Fence(), 600).Soon());
        Assert.Equal(500, (await Uploads.Find(Job, _media).Soon())!.Length);
    }

    [Fact]
    public async Task A_length_of_zero_is_a_length()
    {
        await Append(0, opened: [Sample.Upload(Job, _media, length: null)]);

        Assert.Equal(0, await Uploads.SetLength(Fence(), 0).Soon());
        Assert.Equal(0, await Uploads.SetLength(Fence(), 1).Soon());
    }

    [Fact]
    public async Task An_upload_that_is_not_open_has_no_length_to_set() =>
        Assert.Null(await Uploads.SetLength(Fence(), 500).Soon());

    [Fact]
    public async Task A_recorded_offset_has_a_last_byte()
    {
        var upload = Sample.Upload(Job, _media);
        await Append(0, opened: [upload]);
        await Uploads.RecordOffset(upload.Fence, 700, s_later).Soon();

        Assert.Equal(upload with { DurableOffset = 700, LastByteAt = s_later }, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task A_recorded_offset_may_go_back()
    {
        var upload = Sample.Upload(Job, _media);
        await Append(0, opened: [upload]);
        await Uploads.RecordOffset(upload.Fence, 700, s_later).Soon();
        await Uploads.RecordOffset(upload.Fence, 300, s_later).Soon();

        Assert.Equal(300, (await Uploads.Find(Job, _media).Soon())!.DurableOffset);
    }

    [Fact]
    public async Task An_offset_of_a_blob_that_is_not_the_upload_s_any_more_is_ignored()
    {
        var upload = Sample.Upload(Job, _media);
        await Append(0, opened: [upload]);
        Assert.False(await Uploads.RecordOffset(Earlier(upload), 700, s_later).Soon());
        Assert.False(await Uploads.RecordOffset(upload.Fence with { Job = "cellar" }, 700, s_later).Soon());

        Assert.Equal(upload, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task Bytes_that_are_not_verified_are_marked_until_an_offset_is_recorded()
    {
        var upload = Sample.Upload(Job, _media);
        await Append(0, opened: [upload]);
        Assert.True(await Uploads.MarkUnverified(upload.Fence, 300).Soon());
        Assert.Equal(upload with { UnverifiedFrom = 300 }, await Uploads.Find(Job, _media).Soon());

        await Uploads.RecordOffset(upload.Fence, 700, upload.LastByteAt).Soon();
        Assert.Equal(upload with { DurableOffset = 700 }, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task The_mark_of_bytes_that_are_not_verified_can_be_taken_away()
    {
        var upload = Sample.Upload(Job, _media) with { UnverifiedFrom = 0 };
        await Append(0, opened: [upload]);
        Assert.Equal(upload, await Uploads.Find(Job, _media).Soon());

        Assert.True(await Uploads.MarkUnverified(upload.Fence, from: null).Soon());
        Assert.Equal(upload with { UnverifiedFrom = null }, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task Bytes_of_a_blob_that_is_not_the_upload_s_any_more_are_not_marked()
    {
        var upload = Sample.Upload(Job, _media);
        await Append(0, opened: [upload]);

        Assert.False(await Uploads.MarkUnverified(Earlier(upload), 300).Soon());
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
        Assert.True(await Uploads.RecordOffset(partial.Fence, 1000, s_later).Soon());
        Assert.True((await Uploads.Find(Job, _media).Soon())!.IsWhole);

        Assert.False(await Uploads.ClosePartial(Earlier(partial)).Soon());
        Assert.True(await Uploads.ClosePartial(partial.Fence).Soon());
        Assert.Null(await Uploads.Find(Job, _media).Soon());
        Assert.False(await Uploads.ClosePartial(partial.Fence).Soon());
    }

    [Fact]
    public async Task A_partial_upload_is_not_among_those_of_its_job()
    {
        await Append(0, opened: [Sample.Upload(Job, _media)]);
        await Uploads.OpenPartial(Sample.Upload(Job, Guid.NewGuid()) with { Concat = UploadRow.Partial }).Soon();

        Assert.Equal(_media, Assert.Single((await _node.Journal.Load(Job).Soon()).Uploads).Media);
    }

    [Fact]
    public async Task A_byte_that_came_is_recorded_whatever_becomes_of_it()
    {
        var upload = Sample.Upload(Job, _media) with { UnverifiedFrom = 300 };
        await Append(0, opened: [upload]);

        Assert.True(await Uploads.RecordByte(upload.Fence, s_later).Soon());
        Assert.False(await Uploads.RecordByte(Earlier(upload), s_later * 2).Soon());

        Assert.Equal(upload with { LastByteAt = s_later }, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task Uploads_are_found_in_the_order_in_which_they_are_named_up_to_one_that_is_not_there()
    {
        var (first, second) = (await OpenPart(), await OpenPart());

        Assert.Equal(
            [second, first, second],
            await Uploads.Find(Job, [second.Media, first.Media, second.Media]).Soon());
        Assert.Equal([second], await Uploads.Find(Job, [second.Media, Guid.NewGuid(), first.Media]).Soon());
    }

    [Fact]
    public async Task A_final_waits_for_parts_until_the_last_is_complete()
    {
        var (whole, first, second) = (await OpenPart(isWhole: true), await OpenPart(), await OpenPart());
        await Append(0, opened: [Final(_media, whole, first, second)]);

        Assert.Empty(await Uploads.CompletePartial(whole).Soon());
        Assert.Empty(await Uploads.CompletePartial(second).Soon());
        Assert.Empty(await Uploads.CompletePartial(second).Soon());
        Assert.Equal([_media], await Uploads.CompletePartial(first).Soon());
        Assert.Equal([_media], await Uploads.CompletePartial(second).Soon());
    }

    [Fact]
    public async Task Of_the_parts_that_are_completed_at_once_one_is_the_last()
    {
        var other = _data.Open();
        for (var seq = 0; seq < 10; seq++)
        {
            UploadRow[] parts = [await OpenPart(), await OpenPart(), await OpenPart(), await OpenPart()];
            var final = Guid.NewGuid();
            await Append(seq, opened: [Final(final, parts)]);

            var settled = await Task.WhenAll(parts.Select(
                (part, i) => (i % 2 == 0 ? Uploads : other.Uploads).CompletePartial(part))).Soon();

            Assert.Contains(settled, finals => finals.SequenceEqual([final]));
        }
    }

    /// <summary>
    /// Either the part is complete when the final upload is opened, or the end of the part finds
    /// it.
    /// </summary>
    [Fact]
    public async Task A_final_that_is_opened_while_its_part_is_completed_does_not_wait_for_it()
    {
        var other = _data.Open();
        for (var seq = 0; seq < 20; seq++)
        {
            var (part, last) = (await OpenPart(), await OpenPart());
            var final = Guid.NewGuid();
            var completed = Task.Run(async () =>
            {
                await other.Uploads.RecordOffset(part.Fence, part.Length!.Value, s_later);
                await other.Uploads.CompletePartial(part);
            });
            await Append(seq, opened: [Final(final, part, last)]);
            await completed.Soon();

            Assert.Equal([final], await Uploads.CompletePartial(last).Soon());
        }
    }

    [Fact]
    public async Task A_part_that_was_given_up_is_waited_for_no_more()
    {
        var (part, givenUp) = (await OpenPart(), await OpenPart());
        await Append(0, opened: [Final(_media, part, givenUp)]);

        await Uploads.ClosePartial(givenUp.Fence).Soon();

        Assert.Equal([_media], await Uploads.CompletePartial(part).Soon());
    }

    [Fact]
    public async Task Nobody_waits_for_the_parts_of_a_final_that_has_ended()
    {
        var part = await OpenPart();
        await Append(0, opened: [Final(_media, part)]);
        await Append(1, closed: [_media]);

        Assert.Empty(await Uploads.CompletePartial(part).Soon());
    }

    [Fact]
    public async Task A_final_and_its_parts_have_had_the_last_byte_of_any_of_them()
    {
        var (moving, whole, alone) = (await OpenPart(), await OpenPart(isWhole: true), await OpenPart());
        var final = Final(_media, whole, moving);
        await Append(0, opened: [final, Sample.Upload(Job, Guid.NewGuid())]);
        await Uploads.RecordByte(moving.Fence, s_later).Soon();

        Assert.Equal(s_later, await Uploads.LastByteAt(final).Soon());
        Assert.Equal(s_later, await Uploads.LastByteAt(whole).Soon());
        Assert.Equal(alone.LastByteAt, await Uploads.LastByteAt(alone).Soon());
        Assert.Equal(s_later * 2, await Uploads.LastByteAt(moving with { LastByteAt = s_later * 2 }).Soon());
    }

    [Fact]
    public async Task What_was_recorded_is_there_after_a_restart()
    {
        var upload = Sample.Upload(Job, _media, length: null);
        await Append(0, opened: [upload]);
        await Uploads.SetLength(Fence(), 500).Soon();
        await Uploads.RecordOffset(upload.Fence, 300, s_later).Soon();
        _node.Dispose();

        Assert.Equal(
            upload with { Length = 500, DurableOffset = 300, LastByteAt = s_later },
            await _data.Open().Uploads.Find(Job, _media).Soon());
    }

    /// <summary>The fence of an earlier upload with the same id.</summary>
    private static UploadFence Earlier(UploadRow upload) =>
        upload.Fence with { Incoming = Sample.Blob("an earlier one") };

    private UploadFence Fence() => Sample.Upload(Job, _media).Fence;

    private async Task<UploadRow> OpenPart(bool isWhole = false)
    {
        var part = Sample.Upload(Job, Guid.NewGuid()) with { Concat = UploadRow.Partial, Incoming = BlobId.NewFile() };
        part = part with { DurableOffset = isWhole ? part.Length!.Value : 0 };
        await Uploads.OpenPartial(part).Soon();
        return part;
    }

    private static UploadRow Final(Guid media, params UploadRow[] parts) => Sample.Upload(Job, media) with
    {
        Concat = "final;of parts",
        Incoming = BlobId.Join(parts.Select(part => part.Incoming)),
    };

    private async Task Append(long expected, UploadRow[]? opened = null, Guid[]? closed = null)
    {
        var append = Sample.Append(Job, expected) with { Opened = opened ?? [], Closed = closed ?? [] };
        Assert.True((await _node.Journal.Append(append).Soon()).IsStored);
    }
}
