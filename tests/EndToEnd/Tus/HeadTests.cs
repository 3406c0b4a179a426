using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

[Collection(TusCollection.Name)]
public sealed class HeadTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task It_says_where_the_upload_is()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 5).Run(_server);
        await Upload.Head(_job, _media, 3, 5).Run(_server);

        await Upload.Patch(_job, _media, 3, [4, 5]).Run(_server);
        await Upload.Head(_job, _media, 5, 5).Run(_server);
        await Upload.Head(_job, _media, 5, 5).Run(_server);
    }

    [Fact]
    public async Task It_says_so_of_a_duplicate_too()
    {
        await Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Run(_server);
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);

        await Upload.Head(_job, _media, 3, 3).Run(_server);
    }

    [Fact]
    public async Task An_upload_that_never_was_is_not_found()
    {
        await Upload.HeadOfNone(_job, _media, 404).Run(_server);
    }

    [Fact]
    public async Task It_changes_nothing()
    {
        await Upload.Create(_job, _media, 5).Run(_server);

        await Upload.Head(_job, _media, 0, 5).Run(_server);
        await Upload.HeadOfNone(_job, Fresh.Media(), 404).Run(_server);

        Assert.Equal(1, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
    }
}
