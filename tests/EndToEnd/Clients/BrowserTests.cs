using System.Text.Json.Nodes;
using OrleansIngest.EndToEnd.Storm;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// tus-js-client in a page of a real browser. The page has another origin, which the server allows.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class BrowserTests(PageServer fixture, Browser browser)
{
    /// <summary>A connection that takes so many bytes, and then breaks.</summary>
    private static readonly Fate s_short = Fate.Good with { Up = 400_000 };

    private readonly IngestServer _server = fixture.Server;

    [Fact]
    public Task A_photo_arrives_in_whichever_way_it_is_sent() => PhotosArrive(
        ids: true,
        "{}",
        """{"chunkSize": 50000}""",
        """{"uploadDataDuringCreation": true}""",
        """{"parallelUploads": 3}""",
        """{"overridePatchMethod": true}""",
        """{"headers": {"Authorization": "Bearer of news"}}""",
        """{"hashes": true}""",
        """{"signedIn": true}""",
        """{"signedIn": true, "uploadDataDuringCreation": true}""");

    [Fact]
    public Task It_arrives_with_the_IETF_protocol_too() => PhotosArrive(
        ids: false,
        """{"protocol": "ietf-draft-03"}""",
        """{"protocol": "ietf-draft-05"}""",
        """{"protocol": "ietf-draft-05", "chunkSize": 50000}""",
        """{"protocol": "ietf-draft-05", "uploadDataDuringCreation": true}""");

    [Fact]
    public async Task An_upload_whose_line_is_cut_goes_on_where_the_server_is()
    {
        await using var network = new BadNetwork(
            _server.Http, new Random(), _ => s_short with { Client = Ending.Reset });
        using var batch = new Batch(fixture, ["long.jpg"], length: 1_000_000);
        await using var tab = await browser.Open(batch.Files);

        var upload = await Upload(tab, batch, network.Entrance, resumes: true);

        MustHaveGoneOn(upload);
        Assert.Single(upload.Answers, answer => answer.Method == "POST");
        await batch.MustBeStored();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"parallelUploads": 2}""")]
    public async Task A_page_that_is_loaded_again_in_the_middle_goes_on(string options)
    {
        await using var network = new BadNetwork(
            _server.Http, new Random(), _ => s_short with { Client = Ending.Silent, Server = Ending.Silent });
        using var batch = new Batch(fixture, ["long.jpg"], length: 1_000_000);
        await using var tab = await browser.Open(batch.Files);
        await tab.Begin("upload", Sending(batch.Files[0], batch.Endpoint(network.Entrance), options));
        await Eventually.True("the upload hangs", async () =>
            network.Traffic.Breaks > 0 && await tab.Run<bool>("remembers"));

        network.CalmDown();
        await tab.Reload();
        var upload = await Upload(tab, batch, network.Entrance, options, resumes: true);

        MustHaveGoneOn(upload);
        await batch.MustBeStored();
    }

    [Fact]
    public async Task Who_is_wrong_about_the_file_learns_why_it_is_refused()
    {
        using var batch = new Batch(fixture, ("photo.jpg", TestMedia.Photo(8)));
        await using var tab = await browser.Open(batch.Files);
        var wrong = TestMedia.Sha256([]);

        var upload = await Upload(tab, batch, _server.Http, $$"""{"metadata": { "sha256": "{{wrong}}" } }""");

        Assert.Equal(422, upload.Status);
        Assert.Equal(Problems.Type("hash-mismatch"), upload.Problem?.GetProperty("type").GetString());
        Assert.Equal(wrong, upload.Problem?.GetProperty("expected").GetString());
        Assert.Equal(batch.Files[0].Sha256, upload.Problem?.GetProperty("actual").GetString());
    }

    /// <summary>Each in a way of its own, and all at the same time.</summary>
    private async Task PhotosArrive(bool ids, params string[] ways)
    {
        using var batch = new Batch(
            fixture, [.. ways.Select((_, number) => ($"{number}.jpg", TestMedia.Photo(number)))]);
        await using var tab = await browser.Open(batch.Files);
        var endpoint = batch.Endpoint(_server.Http);

        var uploads = await Task.WhenAll(
            batch.Files.Zip(ways, (file, way) => tab.Run<PageUpload>("upload", Sending(file, endpoint, way))));

        Assert.All(uploads, upload => Assert.Null(upload.Error));
        await batch.MustBeStored(ids);
    }

    private static Task<PageUpload> Upload(
        Tab tab, Batch batch, Uri entrance, string options = "{}", bool resumes = false) =>
        tab.Run<PageUpload>("upload", Sending(batch.Files[0], batch.Endpoint(entrance), options, resumes));

    /// <summary>What the page is told.</summary>
    private static JsonObject Sending(BatchFile file, Uri endpoint, string options, bool resumes = false)
    {
        var all = JsonNode.Parse(options)!.AsObject();
        all["resumes"] = resumes;
        all["endpoint"] = endpoint.ToString();
        var metadata = all["metadata"] ??= new JsonObject();
        foreach (var (key, value) in file.Metadata)
            metadata[key] = value;
        return all;
    }

    private static void MustHaveGoneOn(PageUpload upload)
    {
        Assert.Null(upload.Error);
        Assert.Contains(upload.Answers, answer => answer is { Method: "HEAD", Status: 200, Offset: > 0 });
    }
}
