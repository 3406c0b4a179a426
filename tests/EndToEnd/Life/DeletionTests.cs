using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Life;

/// <summary>Deleted is final, and a picture that somebody still holds never disappears.</summary>
[Collection(LifeCollection.Name)]
public sealed class DeletionTests(LifeServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly GrpcJs _grpc = fixture.Grpc;
    private readonly string _job = Fresh.Job();
    private readonly byte[] _photo = TestMedia.Photo(4);

    [Fact]
    public async Task The_earliest_duplicate_takes_the_originals_place()
    {
        var (first, second, third) = (await Store("crew-1"), await Store("crew-2"), await Store("crew-3"));

        var reply = await _grpc.DeleteMedia(_job, first);

        Assert.Equal([first.ToString()], reply.Deleted);
        Assert.Equal(second.ToString(), reply.Promoted);
        Assert.Equal(MediaState.Stored, (await _grpc.FindMedia(_job, second)).State);
        var follower = await _grpc.FindMedia(_job, third);
        Assert.Equal((second.ToString(), "crew-2"), (follower.DuplicateOf, follower.DuplicateOfDevice));
        await IsGone(first);
        await HasTheBytes(second, third);
        Assert.Equal(
            new Received { Total = 2, Stored = 1, Duplicates = 1, Deleted = 1, StoredBytes = _photo.Length },
            (await _grpc.GetJob(_job)).Received);
    }

    [Fact]
    public async Task One_after_the_other_until_the_picture_is_new_again()
    {
        Guid[] all = [await Store("crew-1"), await Store("crew-2"), await Store("crew-3")];
        foreach (var media in all)
            await _grpc.DeleteMedia(_job, media);

        Assert.Equal(new Received { Deleted = 3 }, (await _grpc.GetJob(_job)).Received);
        var again = await Store("crew-4");

        Assert.Equal(MediaState.Stored, (await _grpc.FindMedia(_job, again)).State);
        await HasTheBytes(again);
    }

    [Fact]
    public async Task Deleting_a_duplicate_leaves_the_original()
    {
        var (first, second) = (await Store("crew-1"), await Store("crew-2"));

        Assert.Equal("", (await _grpc.DeleteMedia(_job, second)).Promoted);

        await IsGone(second);
        await HasTheBytes(first);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task All_of_them_go_with_a_flag(int which)
    {
        Guid[] all = [await Store("crew-1"), await Store("crew-2"), await Store("crew-3")];

        var reply = await _grpc.DeleteMedia(_job, all[which], withDuplicates: true);

        Assert.Equal(all.Select(id => id.ToString()).Order(), reply.Deleted.Order());
        foreach (var media in all)
            await IsGone(media);
        Assert.Equal(new Received { Deleted = 3 }, (await _grpc.GetJob(_job)).Received);
        Assert.Equal(MediaState.Stored, (await _grpc.FindMedia(_job, await Store("crew-4"))).State);
    }

    [Fact]
    public async Task What_is_deleted_in_advance_never_arrives()
    {
        var media = Fresh.Media();

        Assert.Equal([media.ToString()], (await _grpc.DeleteMedia(_job, media)).Deleted);

        await IsGone(media);
        Assert.Equal(new Received { Deleted = 1 }, (await _grpc.GetJob(_job)).Received);
    }

    [Fact]
    public async Task Deleting_again_changes_nothing()
    {
        var media = await Store("crew-1");
        await _grpc.DeleteMedia(_job, media);
        var head = (await _grpc.GetJob(_job)).AsOf.Seq;

        Assert.Equal([media.ToString()], (await _grpc.DeleteMedia(_job, media)).Deleted);
        Assert.Equal([media.ToString()], (await _grpc.DeleteMedia(_job, media, withDuplicates: true)).Deleted);

        Assert.Equal(head, (await _grpc.GetJob(_job)).AsOf.Seq);
    }

    [Fact]
    public async Task An_upload_under_way_ends_when_its_media_is_deleted()
    {
        var media = Fresh.Media();
        await Upload.CreateWith(_job, media, _photo[..1000], _photo.Length).Run(_server);

        await _grpc.DeleteMedia(_job, media);

        await IsGone(media);
        await Upload.Patch(_job, media, 1000, _photo[1000..]).Refused(410, "media-deleted").Run(_server);
    }

    private async Task<Guid> Store(string device)
    {
        var media = Fresh.Media();
        await Upload.CreateWith(_job, media, _photo, _photo.Length, ("device", device)).Run(_server);
        return media;
    }

    private async Task IsGone(Guid media)
    {
        await Upload.HeadOfNone(_job, media, 410).Run(_server);
        await Upload.Download(_job, media).Refused(410, "media-deleted").Run(_server);
        await Upload.Create(_job, media, _photo.Length).Refused(410, "media-deleted").Run(_server);
        await Upload.CreateWith(_job, media, _photo, _photo.Length).Refused(410, "media-deleted").Run(_server);
    }

    private async Task HasTheBytes(params Guid[] media)
    {
        foreach (var one in media)
            Assert.Equal(_photo, (await Upload.Download(_job, one).Run(_server)).Body);
    }
}
