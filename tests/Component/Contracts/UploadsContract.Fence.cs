namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>The fence: a node that lost an upload to another one writes nothing about it.</summary>
public abstract partial class UploadsContract
{
    [Fact]
    public async Task An_upload_that_is_taken_over_has_another_node_and_the_next_generation()
    {
        var upload = Sample.Upload(Job, _media) with { Node = "one", DurableOffset = 300, UnverifiedFrom = 300 };
        await Append(0, opened: [upload]);

        Assert.True(await Uploads.TakeOver(upload.Fence, "two").Soon());
        Assert.Equal(upload with { Node = "two", Generation = 2 }, await Uploads.Find(Job, _media).Soon());

        // Of two nodes that take it at the same time, one does.
        Assert.False(await Uploads.TakeOver(upload.Fence, "three").Soon());
        Assert.Equal("two", (await Uploads.Find(Job, _media).Soon())!.Node);
    }

    [Fact]
    public async Task Writes_of_a_node_that_lost_an_upload_do_nothing()
    {
        var upload = Sample.Upload(Job, _media, length: null);
        await Append(0, opened: [upload]);
        await Uploads.TakeOver(upload.Fence, "another").Soon();

        Assert.Null(await Uploads.SetLength(upload.Fence, 500).Soon());
        Assert.False(await Uploads.MarkUnverified(upload.Fence, 0).Soon());
        Assert.False(await Uploads.RecordOffset(upload.Fence, 300, s_later).Soon());
        Assert.False(await Uploads.RecordByte(upload.Fence, s_later).Soon());

        Assert.Equal(upload with { Node = "another", Generation = 2 }, await Uploads.Find(Job, _media).Soon());
    }

    [Fact]
    public async Task Nor_does_it_end_a_part()
    {
        var part = await OpenPart();
        await Append(0, opened: [Final(_media, part, await OpenPart())]);
        await Uploads.TakeOver(part.Fence, "another").Soon();

        Assert.False(await Uploads.ClosePartial(part.Fence).Soon());
        Assert.NotNull(await Uploads.Find(Job, part.Media).Soon());
    }

    [Fact]
    public async Task An_append_that_ends_an_upload_of_another_node_stores_nothing_and_names_it()
    {
        var (lost, kept) = (Sample.Upload(Job, _media), Sample.Upload(Job, Guid.NewGuid()));
        await Append(0, opened: [lost, kept]);
        await Uploads.TakeOver(lost.Fence, "another").Soon();
        var append = Sample.Append(Job, 1) with
        {
            Closed = [lost.Media, kept.Media],
            Fences = [lost.Fence, kept.Fence],
        };

        var outcome = await _node.Journal.Append(append).Soon();

        Assert.False(outcome.IsStored);
        Assert.Equal([lost.Fence], outcome.Stale);
        Assert.Equal(1, await _node.Journal.Head(Job).Soon());
        Assert.Equal(2, (await Uploads.List().Soon()).Count);
        append = append with { Closed = [kept.Media], Fences = [kept.Fence] };
        Assert.True((await _node.Journal.Append(append).Soon()).IsStored);
        Assert.Equal(lost.Media, Assert.Single(await Uploads.List().Soon()).Media);
    }
}
