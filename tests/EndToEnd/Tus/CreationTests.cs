using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

[Collection(TusCollection.Name)]
public sealed class CreationTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task A_new_upload_is_at_0_and_where_Location_says()
    {
        var created = await Upload.Create(_job, _media, 100).Run(_server);

        Assert.Equal("0", created["Upload-Offset"]);
        await Upload.Head(_job, _media, 0, 100).Run(_server);
    }

    [Fact]
    public async Task An_upload_without_an_id_gets_one_that_sorts_by_time()
    {
        var created = await Upload.Create(_job, _media, 100).WithoutId().Run(_server);

        var id = Guid.Parse(created["Location"]!.Split('/')[^1]);
        Assert.Equal(7, id.Version);
        await Upload.Head(_job, id, 0, 100).Run(_server);
    }

    [Fact]
    public async Task An_id_in_capitals_is_the_same_id()
    {
        var capitals = Upload.Metadata([("media", _media.ToString().ToUpperInvariant())]);

        await Upload.Create(_job, _media, 100).With("Upload-Metadata", capitals).Run(_server);

        var path = $"/jobs/{_job}/uploads/{_media.ToString().ToUpperInvariant()}";
        await (Upload.Head(_job, _media, 0, 100) with { Path = path }).Run(_server);
    }

    [Fact]
    public async Task An_empty_file_is_complete_at_once()
    {
        await Upload.Create(_job, _media, 0).Run(_server);

        await Upload.Head(_job, _media, 0, 0).Run(_server);
        var empty = await Upload.Download(_job, _media).Run(_server);
        Assert.Empty(empty.Body);
        Assert.Equal($"\"{TestMedia.Sha256([])}\"", empty["ETag"]);
    }

    [Fact]
    public async Task Metadata_come_back_as_they_were_while_it_runs_and_afterwards()
    {
        var raw =
            $"media {Base64(_media.ToString())},filename {Base64("Dach „Süd“ 屋根.jpg")},  own-key ,empty ,is-hidden";
        await Upload.Create(_job, _media, 3).With("Upload-Metadata", raw).Run(_server);
        await HeadShows(0, raw);

        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);
        await HeadShows(3, raw);
    }

    [Fact]
    public async Task The_largest_upload_is_taken_and_one_byte_more_is_not()
    {
        await Upload.Create(_job, _media, TusServer.MaxSize).Run(_server);

        var refused = await Upload.Create(_job, Fresh.Media(), TusServer.MaxSize + 1)
            .Refused(413, "upload-too-large").Run(_server);
        Assert.Equal(TusServer.MaxSize.ToString(), refused["Tus-Max-Size"]);
    }

    [Fact]
    public async Task What_is_possible_at_a_place_is_said_to_those_who_try_something_else()
    {
        var creation = Upload.Create(_job, _media, 1) with { Method = "PUT" };
        await RefusesMethod(creation, "POST, PUT, PATCH, OPTIONS");

        var upload = Upload.Head(_job, _media, 0, 1) with { Method = "POST" };
        await RefusesMethod(upload, "HEAD, GET, PUT, PATCH, DELETE, OPTIONS");
    }

    private Task<HttpAnswer> RefusesMethod(HttpTest request, string allowed) =>
        (request.Refused(405, "method-not-allowed") with { Expected = new() { ["Allow"] = allowed } }).Run(_server);

    private Task<HttpAnswer> HeadShows(long offset, string metadata)
    {
        var head = Upload.Head(_job, _media, offset, 3);
        head.Expected["Upload-Metadata"] = metadata;
        return head.Run(_server);
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
