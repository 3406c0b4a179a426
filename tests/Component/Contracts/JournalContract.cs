using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What every journal promises.</summary>
public abstract partial class JournalContract : IDisposable
{
    private readonly IJournalData _data;
    private readonly Node _node;

    protected JournalContract(IJournalData data) => (_data, _node) = (data, data.Open());

    private IJournal Journal => _node.Journal;

    public void Dispose()
    {
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_job_without_events_is_empty()
    {
        var snapshot = await Journal.Load("roof").Soon();

        Assert.Null(snapshot.Row);
        Assert.Empty(snapshot.Media);
        Assert.Empty(snapshot.Uploads);
        Assert.Equal(0, await Journal.Head("roof").Soon());
        Assert.Empty(await Journal.Read("roof", 0, 10).Soon());
    }

    [Fact]
    public async Task Events_are_read_back_in_order_with_their_bytes()
    {
        Assert.True((await Journal.Append(Sample.Append("roof", 0, "first")).Soon()).IsStored);
        Assert.True((await Journal.Append(Sample.Append("roof", 1, "second", events: 2)).Soon()).IsStored);

        var rows = await Journal.Read("roof", 0, 10).Soon();
        Assert.Equal([1, 2, 3], rows.Select(r => r.Event.Seq));
        Assert.Equal(["first", "second", "second"], rows.Select(Sample.What));
        Assert.Equal("private first"u8, rows[0].Private.Span);
        Assert.Equal(
            Enumerable.Range(1, 3).Select(seq => Sample.Row("roof", seq, seq == 1 ? "first" : "second").Event.At),
            rows.Select(r => r.Event.At));
        Assert.Equal(3, await Journal.Head("roof").Soon());
    }

    [Fact]
    public async Task An_event_may_have_no_private_bytes()
    {
        await Journal.Append(Sample.AppendRows("roof", 0, Sample.Row("roof", 1, [1], []))).Soon();

        Assert.True(Assert.Single(await Journal.Read("roof", 0, 10).Soon()).Private.IsEmpty);
    }

    [Fact]
    public async Task Reading_starts_after_a_seq_and_stops_at_the_limit()
    {
        await Journal.Append(Sample.Append("roof", 0, events: 300)).Soon();

        Assert.Equal([8, 9, 10], (await Journal.Read("roof", 7, 3).Soon()).Select(r => r.Event.Seq));
        Assert.Equal([300], (await Journal.Read("roof", 299, 3).Soon()).Select(r => r.Event.Seq));
        Assert.Empty(await Journal.Read("roof", 300, 3).Soon());
        Assert.Empty(await Journal.Read("roof", 0, 0).Soon());
    }

    [Fact]
    public async Task Jobs_do_not_see_each_others_events()
    {
        await Journal.Append(Sample.Append("roof", 0, "of the roof", events: 2)).Soon();
        await Journal.Append(Sample.Append("roof-2", 0, "of the other")).Soon();

        Assert.Equal("of the other", Sample.What(Assert.Single(await Journal.Read("roof-2", 0, 10).Soon())));
        Assert.Equal(2, await Journal.Head("roof").Soon());
    }

    [Fact]
    public async Task What_is_loaded_is_what_was_appended()
    {
        var full = Sample.FullMedia(Guid.NewGuid());
        var upload = Sample.Upload("roof", Guid.NewGuid()) with { DurableOffset = 12 };
        var append = Sample.Append("roof", 0) with { Media = [full], Opened = [upload] };
        await Journal.Append(append).Soon();

        var snapshot = await Journal.Load("roof").Soon();
        Assert.Equal(append.JobRow, snapshot.Row);
        Assert.Equal(full, Assert.Single(snapshot.Media));
        Assert.Equal(upload, Assert.Single(snapshot.Uploads));
    }

    /// <summary>
    /// Makes sure that the test above finds a field that was added to
    /// Media and forgotten in a table.
    /// </summary>
    [Fact]
    public void The_media_of_these_tests_has_every_field()
    {
        var full = Sample.FullMedia(Guid.NewGuid());
        var bare = Sample.BareMedia(default, default, default) with { ChangedAt = default };

        Assert.All(typeof(Media).GetProperties().Where(p => p.CanWrite), p =>
            Assert.NotEqual(p.GetValue(bare), p.GetValue(full)));
        Assert.All(typeof(MediaDescription).GetProperties().Where(p => p.CanWrite),
            p => Assert.NotEqual(p.GetValue(bare.Description), p.GetValue(full.Description)));
    }

    [Theory]
    [InlineData(MediaStatus.Open)]
    [InlineData(MediaStatus.Stored)]
    [InlineData(MediaStatus.Failed)]
    [InlineData(MediaStatus.Deleted)]
    public async Task Fields_without_a_value_stay_without_one(MediaStatus status)
    {
        var bare = Sample.BareMedia(Guid.NewGuid(), status, 1);
        await Journal.Append(Sample.Append("roof", 0) with { Media = [bare] }).Soon();

        Assert.Equal(bare, Assert.Single((await Journal.Load("roof").Soon()).Media));
    }

    [Fact]
    public async Task A_changed_media_replaces_what_was_known_of_it()
    {
        var full = Sample.FullMedia(Guid.NewGuid());
        var tombstone = Sample.BareMedia(full.Id, MediaStatus.Deleted, full.FirstSeq) with { LastSeq = 2 };
        await Journal.Append(Sample.Append("roof", 0) with { Media = [full] }).Soon();
        await Journal.Append(Sample.Append("roof", 1) with { Media = [tombstone] }).Soon();

        Assert.Equal(tombstone, Assert.Single((await Journal.Load("roof").Soon()).Media));
    }

    [Fact]
    public async Task Media_are_loaded_in_the_order_in_which_they_first_appeared()
    {
        var media = Enumerable.Range(1, 100)
            .Select(seq => Sample.BareMedia(Guid.NewGuid(), MediaStatus.Stored, seq)).ToList();
        await Journal.Append(Sample.Append("roof", 0) with { Media = [.. media.OrderBy(m => m.Id)] }).Soon();

        Assert.Equal(media, (await Journal.Load("roof").Soon()).Media);
    }

    [Fact]
    public async Task The_same_media_id_can_be_in_two_jobs()
    {
        var media = Sample.FullMedia(Guid.NewGuid());
        await Journal.Append(Sample.Append("roof", 0) with { Media = [media] }).Soon();
        await Journal.Append(Sample.Append("cellar", 0) with { Media = [media with { Device = "phone-3" }] }).Soon();

        Assert.Equal("phone-2", Assert.Single((await Journal.Load("roof").Soon()).Media).Device);
        Assert.Equal("phone-3", Assert.Single((await Journal.Load("cellar").Soon()).Media).Device);
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        var append = Sample.Append("roof", 0, "kept") with
        {
            Media = [Sample.FullMedia(Guid.NewGuid())],
            Opened = [Sample.Upload("roof", Guid.NewGuid())],
        };
        await Journal.Append(append).Soon();
        _node.Dispose();

        var restarted = _data.Open();
        var snapshot = await restarted.Journal.Load("roof").Soon();
        Assert.Equal(append.JobRow, snapshot.Row);
        Assert.Equal(append.Media, snapshot.Media);
        Assert.Equal(append.Opened, snapshot.Uploads);
        Assert.Equal("kept", Sample.What(Assert.Single(await restarted.Journal.Read("roof", 0, 10).Soon())));
        Assert.True((await restarted.Journal.Append(Sample.Append("roof", 1)).Soon()).IsStored);
    }

    [Fact]
    public async Task A_job_that_a_newer_version_wrote_is_refused()
    {
        await Journal.Append(Sample.Append("roof", 0)).Soon();
        await Journal.Append(Sample.Append("cellar", 0)).Soon();
        _data.WriteWithNewerVersion("roof");

        var refusal = await Assert.ThrowsAsync<JournalException>(() => Journal.Load("roof").Soon());
        Assert.Contains("was written by a newer version", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JournalException>(() => Journal.Append(Sample.Append("roof", 1)).Soon());
        Assert.NotNull((await Journal.Load("cellar").Soon()).Row);
    }

    [Fact]
    public void Events_that_would_leave_a_gap_are_not_taken()
    {
        var append = Sample.Append("roof", 0);

        Assert.Throws<ArgumentException>(() => { _ = Journal.Append(append with { Rows = [] }); });
        Assert.Throws<ArgumentException>(
            () => { _ = Journal.Append(append with { Rows = [Sample.Row("roof", 2, "too early")] }); });
        var row = Sample.JobRow("roof", Sample.Row("roof", 2, "too early").Event.At);
        Assert.Throws<ArgumentException>(() => { _ = Journal.Append(append with { JobRow = row }); });
    }

    [Fact]
    public async Task A_closed_journal_says_so()
    {
        _node.Dispose();

        await Assert.ThrowsAsync<JournalException>(() => Journal.Append(Sample.Append("roof", 0)).Soon());
        await Assert.ThrowsAsync<JournalException>(() => Journal.Load("roof").Soon());
    }

    [Fact]
    public async Task A_cancelled_read_ends()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Journal.Load("roof", cancelled.Token).Soon());
    }
}
