using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>For clients with one fixed URL: the job is in the metadata.</summary>
[Collection(TusCollection.Name)]
public sealed class FilesRouteTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task The_metadata_name_the_job()
    {
        await ToFiles(Upload.CreateWith(_job, _media, [1, 2, 3], 3, ("job", _job))).Run(_server);

        await Upload.Head(_job, _media, 3, 3).Run(_server);
        Assert.Equal([1, 2, 3], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task Without_a_name_it_goes_to_the_inbox()
    {
        await ToFiles(Upload.Create("inbox", _media, 3)).Run(_server);

        await Upload.Head("inbox", _media, 0, 3).Run(_server);
    }

    [Fact]
    public async Task The_path_is_stronger_than_the_metadata()
    {
        await Upload.Create(_job, _media, 3, ("job", Fresh.Job())).Run(_server);

        await Upload.Head(_job, _media, 0, 3).Run(_server);
    }

    [Fact]
    public Task An_empty_name_is_none() =>
        ToFiles(Upload.Create(_job, _media, 3, ("job", ""))).Refused(400, "invalid-key").Run(_server);

    private static HttpTest ToFiles(HttpTest creation) => creation with { Path = "/files" };
}
