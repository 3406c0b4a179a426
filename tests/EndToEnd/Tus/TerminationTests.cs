using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

[Collection(TusCollection.Name)]
public sealed class TerminationTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task An_upload_that_was_given_up_is_gone()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 6).Run(_server);

        await Upload.Delete(_job, _media).Run(_server);

        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
        await Upload.Patch(_job, _media, 3, [4]).Refused(410, "upload-ended").Run(_server);
        await Upload.Delete(_job, _media).Refused(410, "upload-ended").Run(_server);
    }

    [Fact]
    public async Task Its_id_can_be_created_again_from_byte_0_even_as_another_file()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 6).Run(_server);
        await Upload.Delete(_job, _media).Run(_server);

        await Upload.Create(_job, _media, 2).Run(_server);

        await Upload.Head(_job, _media, 0, 2).Run(_server);
        await Upload.Patch(_job, _media, 0, [7, 8]).Run(_server);
        Assert.Equal([7, 8], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task Ending_a_complete_upload_is_deleting_its_media()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);

        await Upload.Delete(_job, _media).Run(_server);

        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
        await Upload.Create(_job, _media, 3).Refused(410, "media-deleted").Run(_server);
        await Upload.Download(_job, _media).Refused(410, "media-deleted").Run(_server);
        await Upload.Delete(_job, _media).Refused(410, "media-deleted").Run(_server);
    }

    [Fact]
    public async Task An_upload_that_never_was_cannot_end()
    {
        await Upload.Delete(_job, _media).Refused(404, "upload-not-found").Run(_server);
    }
}
