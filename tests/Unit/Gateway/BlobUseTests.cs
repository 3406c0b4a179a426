using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Gateway.Maintenance;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>
/// The blobs that a sweep takes for used: those that are claimed, and then
/// those that the journal names.
/// </summary>
public sealed class BlobUseTests
{
    private static readonly Guid s_segment = Some.Blob("segment").Uuid;

    private readonly Inventory _inventory = new();
    private readonly SweepReport _report = new();
    private readonly BlobClaims _claims;
    private readonly BlobUse _use;

    public BlobUseTests()
    {
        var store = new Store();
        _claims = new BlobClaims(
            store, new BlobReclaimer(store, _inventory, NullLogger<BlobReclaimer>.Instance), new FakeTime());
        _use = new BlobUse(_claims, _inventory, _report, NullLogger.Instance);
    }

    [Fact]
    public async Task Used_is_what_is_claimed_or_needed()
    {
        var (needed, orphan) = (Some.Blob("needed"), Some.Blob("orphan"));
        _inventory.AllNeeded.Add(needed);
        using var claim = _claims.New(length: null);

        var used = await _use.Used([claim.Blob, needed, orphan], CancellationToken.None);

        Assert.Equal([true, true, false], new[] { claim.Blob, needed, orphan }.Select(used.Contains));
    }

    [Fact]
    public async Task Used_in_a_segment_is_what_is_claimed_or_needed_there()
    {
        var needed = BlobId.Extent(s_segment, 4096, 7);
        _inventory.AllNeeded.UnionWith([needed, BlobId.Extent(Guid.NewGuid(), 0, 7)]);
        using var claim = _claims.New(length: 5);
        using var other = _claims.New(length: null);

        Assert.Equal(new[] { claim.Blob, needed }.ToHashSet(), await _use.UsedIn(s_segment, CancellationToken.None));
    }

    /// <summary>
    /// A claim ends only when the journal knows of the blob. Otherwise the blob
    /// could be missing from both lists.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_that_becomes_a_media_meanwhile_is_never_missed(bool inSegment)
    {
        var claim = _claims.New(inSegment ? 5 : null);
        _inventory.WhenAsked = () =>
        {
            _inventory.AllNeeded.Add(claim.Blob);
            claim.IsTold = claim.IsSettled = true;
            claim.Dispose();
        };

        var used = inSegment
            ? await _use.UsedIn(s_segment, CancellationToken.None)
            : await _use.Used([claim.Blob], CancellationToken.None);

        Assert.Contains(claim.Blob, used);
        Assert.Empty(_claims.All());
    }

    [Fact]
    public async Task A_damaged_row_concerns_its_segment_alone()
    {
        _inventory.WhenAsked = () => throw new DamagedRowException("A row is damaged.", new FormatException());

        await Assert.ThrowsAsync<IOException>(() => _use.UsedIn(s_segment, CancellationToken.None));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_ends_the_sweep()
    {
        _inventory.WhenAsked = () => throw new JournalException("The disk fails.");

        await Assert.ThrowsAsync<JournalException>(() => _use.UsedIn(s_segment, CancellationToken.None));
        await Assert.ThrowsAsync<JournalException>(() => _use.Used([Some.Blob("a")], CancellationToken.None));
    }

    [Fact]
    public void A_segment_that_is_not_trusted_is_a_failure()
    {
        _use.Distrust(s_segment, new IOException("Nothing can be there."));

        Assert.Equal(1, _report.Failures);
    }

    private sealed class Inventory : IInventory
    {
        public HashSet<BlobId> AllNeeded { get; } = [];

        /// <summary>Done before it answers.</summary>
        public Action WhenAsked { get; set; } = () => { };

        public Task<IReadOnlySet<BlobId>> Needed(
            IReadOnlyCollection<BlobId> blobs, CancellationToken cancellation = default) =>
            Answer(blobs.Where(AllNeeded.Contains));

        public Task<IReadOnlySet<BlobId>> NeededIn(Guid segment, CancellationToken cancellation = default) =>
            Answer(AllNeeded.Where(blob => blob.Uuid == segment));

        public Task<IReadOnlyList<TimeSpan>> OrphanedSince(IReadOnlyCollection<BlobId> blobs, TimeSpan sweep) =>
            throw new NotSupportedException();

        public Task ForgetOrphans(TimeSpan sweep) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<KeptBytes>> List(
            BlobId? after, int limit, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public Task<BlobId?> CheckedUntil(CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public Task SetCheckedUntil(BlobId? content) =>
            throw new NotSupportedException();

        private Task<IReadOnlySet<BlobId>> Answer(IEnumerable<BlobId> answer)
        {
            var known = answer.ToHashSet(); // the journal as it was when it was asked
            WhenAsked();
            return Task.FromResult<IReadOnlySet<BlobId>>(known);
        }
    }

    private sealed class Store : IMediaStore
    {
        public BlobId New(long? wholeLength = null) =>
            wholeLength is { } length ? BlobId.Extent(s_segment, 0, length) : BlobId.NewFile();

        public ValueTask<long> SafeLength(BlobId incoming, long recorded, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public ValueTask<IMediaWriter> Append(
            BlobId incoming, long offset, long generation = 0, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public ValueTask<BlobId> Finish(BlobId incoming, long length, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public ValueTask<IMediaReader> Read(BlobId blob, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public ValueTask Free(BlobId blob, CancellationToken cancellation = default) => ValueTask.CompletedTask;

        public IAsyncEnumerable<StoredBlob> Unused(IBlobUse use, CancellationToken cancellation = default) =>
            throw new NotSupportedException();
    }
}
