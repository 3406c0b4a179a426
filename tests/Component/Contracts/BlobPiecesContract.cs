using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What every record of the pieces of incoming blobs promises.</summary>
public abstract class BlobPiecesContract : IDisposable
{
    private const string Job = "roof";

    private readonly IJournalData _data;
    private readonly Node _node;
    private readonly UploadRow _upload = Sample.Upload(Job, Guid.NewGuid()) with { Incoming = BlobId.NewFile() };

    protected BlobPiecesContract(IJournalData data) => (_data, _node) = (data, data.Open());

    private IBlobPieces Pieces => _node.Pieces!;

    private Guid Blob => _upload.Incoming.Uuid;

    public void Dispose()
    {
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Of_a_blob_nothing_is_recorded_at_first()
    {
        await OpenUpload();

        Assert.Null(await Pieces.Find(Blob).Soon());
    }

    [Fact]
    public async Task The_first_multipart_upload_that_was_begun_stays()
    {
        await OpenUpload();

        Assert.Equal("first", await Pieces.Begin(Blob, 1, "first").Soon());
        Assert.Equal("first", await Pieces.Begin(Blob, 1, "second").Soon());
        Assert.Equal(new BlobPieces("first", []).MultipartUpload, (await Pieces.Find(Blob).Soon())!.MultipartUpload);
    }

    [Fact]
    public async Task Of_many_that_begin_at_once_all_get_the_same_multipart_upload()
    {
        await OpenUpload();
        var other = _data.Open();

        var begun = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => (i % 2 == 0 ? Pieces : other.Pieces!).Begin(Blob, 1, $"{i}"))).Soon();

        Assert.Single(begun.Distinct());
        Assert.Equal(begun[0], (await Pieces.Find(Blob).Soon())!.MultipartUpload);
    }

    [Fact]
    public async Task No_part_number_is_reserved_twice()
    {
        await OpenUpload();
        var other = _data.Open();

        var reserved = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => (i % 2 == 0 ? Pieces : other.Pieces!).Reserve(Blob, 1, 3))).Soon();

        Assert.Equal(Enumerable.Range(0, 20).Select(i => 1 + (3 * i)), reserved.Select(first => first!.Value).Order());
    }

    [Fact]
    public async Task Numbers_go_on_after_the_upload_was_begun_and_taken_over()
    {
        await OpenUpload();
        Assert.Equal(1, await Pieces.Reserve(Blob, 1, 4).Soon());
        await Pieces.Begin(Blob, 1, "first").Soon();
        await TakeOver();

        Assert.Equal(5, await Pieces.Reserve(Blob, 2, 1).Soon());
        Assert.Equal("first", await Pieces.Begin(Blob, 2, "second").Soon());
    }

    [Fact]
    public async Task Pieces_are_found_in_the_order_of_their_offsets()
    {
        await OpenUpload();
        BlobPiece[] pieces = [Piece(0, 100, part: 1), Piece(100, 50, part: 2), Piece(150, 7, part: 0)];
        foreach (var piece in pieces)
            Assert.True(await Pieces.Record(Blob, 1, piece).Soon());

        var found = (await Pieces.Find(Blob).Soon())!;
        Assert.Equal(pieces, found.Pieces);
        Assert.Equal(157, found.Length);
        Assert.Null(found.MultipartUpload);
    }

    [Theory]
    [InlineData(150)]
    [InlineData(160)]
    [InlineData(99)]
    public async Task A_piece_replaces_what_ends_behind_its_offset(long end)
    {
        await OpenUpload();
        await Record(Piece(0, 40, part: 1), Piece(40, 60, part: 2), Piece(100, 50, part: 0));

        var piece = Piece(40, end - 40, part: 3);
        Assert.True(await Pieces.Record(Blob, 1, piece).Soon());

        Assert.Equal([Piece(0, 40, part: 1), piece], (await Pieces.Find(Blob).Soon())!.Pieces);
    }

    [Fact]
    public async Task A_piece_that_begins_within_another_has_a_gap_before_it()
    {
        await OpenUpload();
        await Record(Piece(0, 40, part: 1), Piece(40, 60, part: 2));

        Assert.False(await Pieces.Record(Blob, 1, Piece(50, 50, part: 3)).Soon());
        Assert.Equal(100, (await Pieces.Find(Blob).Soon())!.Length);
    }

    [Fact]
    public async Task A_piece_after_a_gap_is_not_recorded_and_changes_nothing()
    {
        await OpenUpload();
        await Record(Piece(0, 40, part: 1));

        Assert.False(await Pieces.Record(Blob, 1, Piece(41, 10, part: 2)).Soon());
        Assert.Equal([Piece(0, 40, part: 1)], (await Pieces.Find(Blob).Soon())!.Pieces);
    }

    [Fact]
    public async Task A_cut_forgets_what_ends_behind_it()
    {
        await OpenUpload();
        await Record(Piece(0, 40, part: 1), Piece(40, 60, part: 2), Piece(100, 50, part: 0));

        Assert.True(await Pieces.Cut(Blob, 1, 100).Soon());
        Assert.Equal(100, (await Pieces.Find(Blob).Soon())!.Length);
        Assert.True(await Pieces.Cut(Blob, 1, 99).Soon());
        Assert.Equal([Piece(0, 40, part: 1)], (await Pieces.Find(Blob).Soon())!.Pieces);
        Assert.True(await Pieces.Cut(Blob, 1, 0).Soon());
        Assert.Null(await Pieces.Find(Blob).Soon());
    }

    [Fact]
    public async Task A_blob_can_be_forgotten_without_an_upload()
    {
        await OpenUpload();
        await Pieces.Begin(Blob, 1, "first").Soon();
        await Record(Piece(0, 40, part: 1));
        await _node.Journal.Append(Sample.Append(Job, 1) with { Closed = [_upload.Media] }).Soon();
        Assert.NotNull(await Pieces.Find(Blob).Soon());

        await Pieces.Forget(Blob).Soon();
        await Pieces.Forget(Blob).Soon();

        Assert.Null(await Pieces.Find(Blob).Soon());
    }

    [Fact]
    public async Task Writes_of_a_node_that_lost_the_upload_do_nothing()
    {
        await OpenUpload();
        await Pieces.Begin(Blob, 1, "first").Soon();
        await Record(Piece(0, 40, part: 1));
        await TakeOver();

        await MustBeRefused(generation: 1);
        await MustBeRefused(generation: 3);
        Assert.Equal([Piece(0, 40, part: 1)], (await Pieces.Find(Blob).Soon())!.Pieces);
        Assert.Equal(1, await Pieces.Reserve(Blob, 2, 1).Soon());
    }

    [Fact]
    public async Task Nothing_is_recorded_of_a_blob_that_no_open_upload_has()
    {
        await MustBeRefused(generation: 1);
        await OpenUpload();
        await _node.Journal.Append(Sample.Append(Job, 1) with { Closed = [_upload.Media] }).Soon();
        await MustBeRefused(generation: 1);

        Assert.Null(await Pieces.Find(Blob).Soon());
    }

    [Fact]
    public async Task Two_blobs_do_not_see_each_other()
    {
        await OpenUpload();
        var other = Sample.Upload("cellar", Guid.NewGuid()) with { Incoming = BlobId.NewFile() };
        await _node.Journal.Append(Sample.Append("cellar", 0) with { Opened = [other] }).Soon();
        await Record(Piece(0, 40, part: 1));
        Assert.True(await Pieces.Record(other.Incoming.Uuid, 1, Piece(0, 10, part: 1)).Soon());

        await Pieces.Forget(other.Incoming.Uuid).Soon();

        Assert.Equal(40, (await Pieces.Find(Blob).Soon())!.Length);
    }

    /// <summary>
    /// What the node before recorded is there when the next one reads, and it records nothing
    /// afterwards.
    /// </summary>
    [Fact]
    public async Task No_write_of_the_generation_before_comes_after_a_take_over()
    {
        await OpenUpload();
        var other = _data.Open();
        for (var generation = 1L; generation <= 20; generation++)
        {
            var fence = _upload.Fence with { Generation = generation };
            var writes = Enumerable.Range(0, 5).Select(_ => Pieces.Reserve(Blob, fence.Generation, 1)).ToList();
            var taken = other.Uploads.TakeOver(fence, "another");
            writes.AddRange(Enumerable.Range(0, 5).Select(_ => Pieces.Reserve(Blob, fence.Generation, 1)));

            Assert.True(await taken.Soon());
            var first = (await other.Pieces!.Reserve(Blob, generation + 1, 1).Soon())!.Value;

            Assert.All(await Task.WhenAll(writes).Soon(), number => Assert.True(number is null || number < first));
        }
    }

    private static BlobPiece Piece(long offset, long length, int part) => new(1, part, offset, length, $"\"{part}\"");

    private async Task OpenUpload() =>
        Assert.True((await _node.Journal.Append(Sample.Append(Job, 0) with { Opened = [_upload] }).Soon()).IsStored);

    private async Task TakeOver() => Assert.True(await _node.Uploads.TakeOver(_upload.Fence, "another").Soon());

    private async Task Record(params BlobPiece[] pieces)
    {
        foreach (var piece in pieces)
            Assert.True(await Pieces.Record(Blob, 1, piece).Soon());
    }

    private async Task MustBeRefused(long generation)
    {
        Assert.Null(await Pieces.Begin(Blob, generation, "late").Soon());
        Assert.Null(await Pieces.Reserve(Blob, generation, 5).Soon());
        Assert.False(await Pieces.Record(Blob, generation, Piece(0, 10, part: 9)).Soon());
        Assert.False(await Pieces.Cut(Blob, generation, 0).Soon());
    }
}
