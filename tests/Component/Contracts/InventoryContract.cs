using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What every inventory promises.</summary>
public abstract class InventoryContract : IDisposable
{
    private const string Job = "roof";

    private readonly IJournalData _data;
    private readonly Node _node;

    protected InventoryContract(IJournalData data) => (_data, _node) = (data, data.Open());

    private IInventory Inventory => _node.Inventory;

    public void Dispose()
    {
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Needed_are_the_blobs_of_open_uploads_and_the_contents_of_media()
    {
        await Append(
            [Kept("a", MediaStatus.Stored), Kept("b", MediaStatus.Failed)],
            opened: Sample.Upload(Job, Guid.NewGuid()) with { Incoming = Sample.Blob("c") });

        Assert.Equal(Blobs("abc"), await Inventory.Needed(Blobs("abcd")).Soon());
        Assert.Empty(await Inventory.Needed([]).Soon());
    }

    [Fact]
    public async Task What_nobody_needs_is_so_since_the_first_of_the_sweeps_that_found_it()
    {
        var sweeps = Enumerable.Range(1, 3).Select(hour => TimeSpan.FromHours(hour)).ToList();

        Assert.Equal([sweeps[0], sweeps[0]], await Inventory.OrphanedSince(Blobs("ab"), sweeps[0]).Soon());
        await Inventory.ForgetOrphans(sweeps[0]).Soon();
        Assert.Equal([sweeps[1], sweeps[0]], await Inventory.OrphanedSince(Blobs("ca"), sweeps[1]).Soon());
        await Inventory.ForgetOrphans(sweeps[1]).Soon();
        Assert.Equal([sweeps[2], sweeps[0]], await Inventory.OrphanedSince(Blobs("ba"), sweeps[2]).Soon());
    }

    [Fact]
    public async Task Needed_in_a_segment_is_what_media_keep_there()
    {
        var damage = new UploadFailure(FailureReason.Damaged, "wrong", Retryable: true);
        var segment = Sample.Blob("b").Uuid;
        BlobId[] extents = [.. new[] { 0L, 4096, 8192 }.Select(offset => BlobId.Extent(segment, offset, 7))];
        await Append([
            Kept("a", MediaStatus.Stored),
            Kept(extents[0], MediaStatus.Stored), Kept(extents[0], MediaStatus.Duplicate),
            Kept(extents[1], MediaStatus.Failed) with { Failure = damage },
            Kept(extents[2], MediaStatus.Stored), Kept("c", MediaStatus.Stored),
            Kept(BlobId.Extent(Sample.Blob("b0").Uuid, 0, 7), MediaStatus.Stored),
            Kept(BlobId.Extent(Sample.Blob("c").Uuid, 0, 7), MediaStatus.Stored),
            Kept(content: null, MediaStatus.Deleted)]);

        Assert.Equal(extents.ToHashSet(), await Inventory.NeededIn(segment).Soon());
        Assert.Empty(await Inventory.NeededIn(Sample.Blob("b-").Uuid).Soon());
    }

    /// <summary>Its bytes are somewhere in that segment, and nobody knows where.</summary>
    [Fact]
    public async Task What_is_needed_in_a_segment_is_not_known_if_something_else_is_written_there()
    {
        var (damaged, whole) = (BlobId.Extent(Sample.Blob("a").Uuid, 0, 7), BlobId.Extent(Sample.Blob("b").Uuid, 0, 7));
        await Append([Kept(damaged, MediaStatus.Stored), Kept(whole, MediaStatus.Stored)]);
        _data.ChangeContent(damaged, $"{damaged}"[..^1] + "\u00e9");

        await Assert.ThrowsAsync<DamagedRowException>(() => Inventory.NeededIn(damaged.Uuid).Soon());
        Assert.Equal([whole], await Inventory.NeededIn(whole.Uuid).Soon());
    }

    [Fact]
    public async Task Not_needed_are_blobs_that_had_their_use()
    {
        var media = Sample.BareMedia(Guid.NewGuid(), MediaStatus.Failed, 1) with { Incoming = Sample.Blob("a") };
        var upload = Sample.Upload(Job, media.Id) with { Incoming = Sample.Blob("a") };
        await Append([media], opened: upload);
        await Append([media], expected: 1, closed: media.Id);

        Assert.Empty(await Inventory.Needed(Blobs("a")).Soon());
    }

    [Fact]
    public async Task Needed_is_what_an_upload_or_a_media_is_made_of()
    {
        var (open, whole) = (BlobId.Join(Order("aba")), BlobId.Join(Order("bc")));
        var media = Sample.BareMedia(Guid.NewGuid(), MediaStatus.Open, 1) with { Incoming = open };
        await Append(
            [media, Kept(whole, MediaStatus.Stored)],
            opened: Sample.Upload(Job, media.Id) with { Incoming = open, Concat = "final;" });
        Assert.Equal(Blobs("abc"), await Inventory.Needed(Blobs("abcd")).Soon());

        await Append([media with { Status = MediaStatus.Failed }], expected: 1, closed: media.Id);
        Assert.Equal(Blobs("bc"), await Inventory.Needed(Blobs("abcd")).Soon());
        Assert.Equal([whole], (await Inventory.List(after: null, 10).Soon()).Select(kept => kept.Content));
    }

    [Fact]
    public async Task Of_a_media_that_is_gone_nothing_is_needed()
    {
        var media = Kept(BlobId.Join(Order("ab")), MediaStatus.Stored);
        await Append([media]);
        await Append([media with { Status = MediaStatus.Deleted, Content = null }], expected: 1);

        Assert.Empty(await Inventory.Needed(Blobs("ab")).Soon());
    }

    [Fact]
    public async Task Bytes_are_listed_by_content_in_pages()
    {
        await Append([.. "dbca".Select(name => Kept(name.ToString(), MediaStatus.Stored))]);

        Assert.Equal(Order("abc"), (await Inventory.List(after: null, 3).Soon()).Select(kept => kept.Content));
        Assert.Equal(Order("d"), (await Inventory.List(Sample.Blob("c"), 3).Soon()).Select(kept => kept.Content));
        Assert.Empty(await Inventory.List(Sample.Blob("d"), 3).Soon());
    }

    [Fact]
    public async Task Bytes_that_many_live_on_are_listed_once_under_the_original()
    {
        var original = Kept("a", MediaStatus.Stored);
        await Append([Kept("a", MediaStatus.Duplicate), original, Kept("a", MediaStatus.Duplicate)]);

        Assert.Equal(
            new KeptBytes(
                Sample.Blob("a"), Job, original.Id, original.Length!.Value, original.Sha256!.Value, IsDamaged: false),
            Assert.Single(await Inventory.List(after: null, 10).Soon()));
    }

    [Fact]
    public async Task Damaged_bytes_are_listed_once_and_as_damaged()
    {
        var damage = new UploadFailure(FailureReason.Damaged, "wrong", Retryable: true);
        await Append([.. Enumerable.Range(0, 3).Select(_ => Kept("a", MediaStatus.Failed) with { Failure = damage })]);

        Assert.True(Assert.Single(await Inventory.List(after: null, 10).Soon()).IsDamaged);
    }

    [Fact]
    public async Task Media_that_do_not_vouch_for_bytes_are_not_listed()
    {
        var failure = new UploadFailure(FailureReason.Terminated, "given up", Retryable: true);
        await Append([
            Kept("a", MediaStatus.Open), Kept(content: null, MediaStatus.Deleted),
            Kept("b", MediaStatus.Failed) with { Failure = failure }]);

        Assert.Empty(await Inventory.List(after: null, 10).Soon());
    }

    [Fact]
    public async Task How_far_a_pass_is_outlives_the_process()
    {
        Assert.Null(await Inventory.CheckedUntil().Soon());
        await Inventory.SetCheckedUntil(Sample.Blob("somewhere")).Soon();

        Assert.Equal(Sample.Blob("somewhere"), await _data.Open().Inventory.CheckedUntil().Soon());
        await Inventory.SetCheckedUntil(null).Soon();
        Assert.Null(await Inventory.CheckedUntil().Soon());
    }

    private static List<BlobId> Order(string names) => [.. names.Select(name => Sample.Blob(name.ToString()))];

    private static HashSet<BlobId> Blobs(string names) => [.. Order(names)];

    private static Media Kept(string name, MediaStatus status) => Kept(Sample.Blob(name), status);

    private static Media Kept(BlobId? content, MediaStatus status) =>
        Sample.BareMedia(Guid.NewGuid(), status, 1) with
        {
            Content = content,
            Length = 5,
            Sha256 = new Sha256Hash(1, 2, 3, 4)
        };

    private async Task Append(Media[] media, long expected = 0, UploadRow? opened = null, Guid? closed = null) =>
        Assert.True((await _node.Journal.Append(Sample.Append(Job, expected) with
        {
            Media = media,
            Opened = opened is null ? [] : [opened],
            Closed = closed is { } id ? [id] : [],
        }).Soon()).IsStored);
}
