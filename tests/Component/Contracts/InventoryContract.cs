using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
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
    public async Task Needed_are_the_places_of_open_uploads_and_the_locations_of_media()
    {
        await Append([Kept("a", MediaStatus.Stored), Kept("b", MediaStatus.Failed)], opened: Sample.Upload(Job, Guid.NewGuid()) with { Place = "c" });

        Assert.Equal(["a", "b", "c"], (await Inventory.Needed(["a", "b", "c", "d", ""]).Soon()).Order());
        Assert.Empty(await Inventory.Needed([]).Soon());
    }

    [Fact]
    public async Task What_nobody_needs_is_so_since_the_first_of_the_sweeps_that_found_it()
    {
        var sweeps = Enumerable.Range(1, 3).Select(hour => TimeSpan.FromHours(hour)).ToList();

        Assert.Equal([sweeps[0], sweeps[0]], await Inventory.OrphanedSince(["a", "b"], sweeps[0]).Soon());
        await Inventory.ForgetOrphans(sweeps[0]).Soon();
        Assert.Equal([sweeps[1], sweeps[0]], await Inventory.OrphanedSince(["c", "a"], sweeps[1]).Soon());
        await Inventory.ForgetOrphans(sweeps[1]).Soon();
        Assert.Equal([sweeps[2], sweeps[0]], await Inventory.OrphanedSince(["b", "a"], sweeps[2]).Soon());
    }

    [Fact]
    public async Task Needed_in_a_shared_file_is_what_media_keep_there()
    {
        var damage = new UploadFailure(FailureReason.Damaged, "wrong", Retryable: true);
        await Append([
            Kept("a", MediaStatus.Stored), Kept("b-1", MediaStatus.Stored), Kept("b-1", MediaStatus.Duplicate),
            Kept("b-2", MediaStatus.Failed) with { Failure = damage }, Kept("b-\u00e9", MediaStatus.Stored), Kept("c", MediaStatus.Stored), Kept("", MediaStatus.Deleted)]);

        Assert.Equal(["b-1", "b-2", "b-\u00e9"], (await Inventory.NeededIn("b").Soon()).Order(StringComparer.Ordinal));
        Assert.Empty(await Inventory.NeededIn("b-3").Soon());
    }

    [Fact]
    public async Task Not_needed_are_places_that_had_their_use()
    {
        var media = Sample.BareMedia(Guid.NewGuid(), MediaStatus.Failed, 1) with { Place = "a" };
        var upload = Sample.Upload(Job, media.Id) with { Place = "a" };
        await Append([media], opened: upload);
        await Append([media], expected: 1, closed: media.Id);

        Assert.Empty(await Inventory.Needed(["a"]).Soon());
    }

    [Fact]
    public async Task Needed_is_what_an_upload_or_a_media_is_made_of()
    {
        var (open, whole) = (JoinedPlace.Of(["a", "b", "a"]).ToString(), JoinedPlace.Of(["b", "c"]).ToString());
        var media = Sample.BareMedia(Guid.NewGuid(), MediaStatus.Open, 1) with { Place = open };
        await Append([media, Kept(whole, MediaStatus.Stored)], opened: Sample.Upload(Job, media.Id) with { Place = open, Concat = "final;" });
        Assert.Equal(["a", "b", "c"], (await Inventory.Needed(["a", "b", "c", "d"]).Soon()).Order());

        await Append([media with { Status = MediaStatus.Failed }], expected: 1, closed: media.Id);
        Assert.Equal(["b", "c"], (await Inventory.Needed(["a", "b", "c", "d"]).Soon()).Order());
        Assert.Equal([whole], (await Inventory.List("", 10).Soon()).Select(kept => kept.Location));
    }

    [Fact]
    public async Task Of_a_media_that_is_gone_nothing_is_needed()
    {
        var media = Kept(JoinedPlace.Of(["a", "b"]).ToString(), MediaStatus.Stored);
        await Append([media]);
        await Append([media with { Status = MediaStatus.Deleted, Location = "" }], expected: 1);

        Assert.Empty(await Inventory.Needed(["a", "b"]).Soon());
    }

    [Fact]
    public async Task Bytes_are_listed_by_location_in_pages()
    {
        await Append([.. "dbca".Select(name => Kept(name.ToString(), MediaStatus.Stored))]);

        Assert.Equal(["a", "b", "c"], (await Inventory.List("", 3).Soon()).Select(kept => kept.Location));
        Assert.Equal(["d"], (await Inventory.List("c", 3).Soon()).Select(kept => kept.Location));
        Assert.Empty(await Inventory.List("d", 3).Soon());
    }

    [Fact]
    public async Task Bytes_that_many_live_on_are_listed_once_under_the_original()
    {
        var original = Kept("a", MediaStatus.Stored);
        await Append([Kept("a", MediaStatus.Duplicate), original, Kept("a", MediaStatus.Duplicate)]);

        Assert.Equal(
            new KeptBytes("a", Job, original.Id, original.Length!.Value, original.Sha256!.Value, IsDamaged: false),
            Assert.Single(await Inventory.List("", 10).Soon()));
    }

    [Fact]
    public async Task Damaged_bytes_are_listed_once_and_as_damaged()
    {
        var damage = new UploadFailure(FailureReason.Damaged, "wrong", Retryable: true);
        await Append([.. Enumerable.Range(0, 3).Select(_ => Kept("a", MediaStatus.Failed) with { Failure = damage })]);

        Assert.True(Assert.Single(await Inventory.List("", 10).Soon()).IsDamaged);
    }

    [Fact]
    public async Task Media_that_do_not_vouch_for_bytes_are_not_listed()
    {
        await Append([
            Kept("a", MediaStatus.Open), Kept("", MediaStatus.Deleted),
            Kept("b", MediaStatus.Failed) with { Failure = new UploadFailure(FailureReason.Terminated, "given up", Retryable: true) }]);

        Assert.Empty(await Inventory.List("", 10).Soon());
    }

    [Fact]
    public async Task How_far_a_pass_is_outlives_the_process()
    {
        Assert.Equal("", await Inventory.CheckedUntil().Soon());
        await Inventory.SetCheckedUntil("somewhere").Soon();

        Assert.Equal("somewhere", await _data.Open().Inventory.CheckedUntil().Soon());
    }

    private static Media Kept(string location, MediaStatus status) =>
        Sample.BareMedia(Guid.NewGuid(), status, 1) with { Location = location, Length = 5, Sha256 = new Sha256Hash(1, 2, 3, 4) };

    private async Task Append(Media[] media, long expected = 0, UploadRow? opened = null, Guid? closed = null) =>
        Assert.True(await _node.Journal.Append(Sample.Append(Job, expected) with
        {
            Media = media,
            Opened = opened is null ? [] : [opened],
            Closed = closed is { } id ? [id] : [],
        }).Soon());
}
