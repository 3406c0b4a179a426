using System.Text;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// What a browser lets a page's script read from this server, and what it lets the script do there.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class OriginTests(PageServer fixture, Browser browser)
{
    /// <summary>What no script needs to know.</summary>
    private static readonly HashSet<string> s_notForScripts =
    [
        "access-control-allow-credentials",
        "access-control-allow-origin", "access-control-expose-headers", "connection",
        "content-security-policy", "date", "transfer-encoding", "vary", "x-content-type-options",
    ];

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task A_page_may_read_all_that_tus_says()
    {
        await using var tab = await browser.Open([]);

        await Reads(
            tab, new("OPTIONS", "/files") { Status = 204 },
            "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm");
        await Reads(tab, Upload.Create(_job, _media, null), "Location", "Upload-Expires", "Tus-Resumable");
        await Reads(
            tab, Upload.Head(_job, _media, 0, null),
            "Upload-Offset", "Upload-Defer-Length", "Upload-Metadata", "Upload-Expires");
        await Reads(tab, Upload.Patch(_job, _media, 1, [1]).Refused(409, "offset-mismatch"), "Upload-Offset");
        await Reads(
            tab, Upload.Patch(_job, _media, 0, [1]).With("Upload-Length", "1"),
            "Upload-Offset", "Upload-Receipt", "Repr-Digest");
        await Reads(
            tab, Upload.Head(_job, _media, 1, 1), "Upload-Offset", "Upload-Length", "Upload-Receipt", "Repr-Digest");
        await Reads(
            tab, Upload.Head(_job, _media, 1, 1).With("Tus-Resumable", "2.0.0").Refused(412, null), "Tus-Version");
        var partial = await Reads(tab, Upload.CreatePartial(_job, 1), "Location");
        await Reads(
            tab,
            new HttpTest("HEAD", partial.Headers["location"])
            {
                Status = 200,
                Headers = { ["Tus-Resumable"] = "1.0.0" }
            },
            "Upload-Concat");
    }

    [Fact]
    public async Task A_page_may_read_all_that_the_IETF_protocol_says()
    {
        await using var tab = await browser.Open([]);
        var create = new HttpTest("POST", Upload.Url(_job)) { Status = 201, Body = [1] };

        await Reads(tab, new("OPTIONS", "/files") { Status = 204 }, "Upload-Limit", "Accept-Patch");
        var created = await Reads(
            tab, create.With("Upload-Complete", "?0"), "Location", "Upload-Complete", "Upload-Limit", "Upload-Offset");
        await Reads(
            tab, new("HEAD", created.Headers["location"]) { Status = 204 },
            "Upload-Complete", "Upload-Limit", "Upload-Offset");
        await Reads(tab, create.With("Upload-Complete", "?1"), "Upload-Complete", "Upload-Receipt", "Repr-Digest");
        await Reads(
            tab, create.With("Upload-Incomplete", "?1").With("Upload-Draft-Interop-Version", "3"),
            "Location", "Upload-Incomplete", "Upload-Draft-Interop-Version");
    }

    [Fact]
    public async Task A_page_may_read_all_that_a_download_says()
    {
        var other = Fresh.Media(); // what was downloaded once the browser gives out of its own cache
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3, ("filename", "photo.jpg")).Run(_server);
        await Upload.CreateWith(_job, other, [4, 5, 6], 3, ("filename", "photo.jpg")).Run(_server);
        await using var tab = await browser.Open([]);

        await Reads(
            tab, Upload.Download(_job, _media),
            "ETag", "Repr-Digest", "Accept-Ranges", "Content-Disposition", "Last-Modified");
        await Reads(
            tab, Upload.Download(_job, other).With("Range", "bytes=0-1") with { Status = 206 }, "Content-Range");
        await Reads(tab, new("DELETE", "/files") { Status = 405 }, "Allow");
    }

    [Fact]
    public async Task A_page_may_read_when_to_come_again()
    {
        var device = ("device", Fresh.Device());
        foreach (var _ in Enumerable.Range(0, PageServer.MaxOpenUploads))
            await Upload.Create(_job, Fresh.Media(), 1, device).Run(_server);
        await using var tab = await browser.Open([]);

        var answer = await Reads(tab, Upload.Create(_job, _media, 1, device).Refused(429, null), "Retry-After");

        Assert.Contains(Problems.Type("too-many-open-uploads"), answer.Body);
    }

    [Fact]
    public async Task A_file_in_an_ordinary_request_is_stored()
    {
        using var batch = new Batch(fixture, ("photo.jpg", TestMedia.Photo(9)));
        await using var tab = await browser.Open(batch.Files);
        var request = new HttpTest("POST", Upload.Url(batch.Job)) { Status = 201 };

        var answer = await tab.Ask(PageRequest.Of(request, _server) with { Sends = true });

        Assert.All(
            ["location", "upload-receipt", "repr-digest"],
            header => Assert.Contains(header, answer.Headers.Keys));
        await batch.MustBeStored(ids: false);
    }

    [Fact]
    public async Task A_browser_passes_over_the_104_of_a_long_body()
    {
        using var batch = new Batch(fixture, ["long.mp4"], length: 2_000_000);
        await using var tab = await browser.Open(batch.Files);
        var request = new HttpTest("POST", Upload.Url(batch.Job)) { Status = 201 }.With("Upload-Complete", "?1");

        var answer = await tab.Ask(PageRequest.Of(request, _server) with { Sends = true });

        Assert.Equal(201, answer.Status);
        Assert.Contains("upload-receipt", answer.Headers.Keys);
        await batch.MustBeStored(ids: false);
    }

    [Fact]
    public async Task A_page_hears_what_a_job_sees()
    {
        await Upload.CreateWith(_job, _media, [1], 1).Run(_server);
        await using var tab = await browser.Open([]);

        Assert.Contains($"{_media}", await tab.Run<string>("hear", new { url = Feed(_job), name = "media_stored" }));
    }

    [Fact]
    public async Task A_signed_in_page_may_do_and_read_what_any_other_may()
    {
        await using var tab = await browser.Open([]);
        await tab.Begin("signIn", "José");
        HttpTest[] requests =
        [
            Upload.CreateWith(_job, _media, Encoding.ASCII.GetBytes("a file"), 6), Upload.Head(_job, _media, 6, 6),
            Upload.Download(_job, _media), Upload.Download(_job, Fresh.Media()).Refused(404, null),
            Upload.Delete(_job, Fresh.Media()).Refused(404, null),
        ];

        foreach (var request in requests)
        {
            var answer = await tab.Ask(PageRequest.Of(request, _server) with { Credentials = "include" });
            Assert.Equal((request.Status, null), (answer.Status, answer.Error));
        }
        var feed = new { url = Feed(_job), name = "media_stored", withCredentials = true };
        Assert.Contains($"{_media}", await tab.Run<string>("hear", feed));
    }

    [Fact]
    public async Task A_page_of_another_origin_learns_nothing_and_changes_nothing()
    {
        using var batch = new Batch(fixture, ("photo.jpg", TestMedia.Photo(10)));
        var (job, photo) = (batch.Job, batch.Files[0]);
        await Upload.CreateWith(job, photo.Media, await File.ReadAllBytesAsync(photo.Path), photo.Length).Run(_server);
        await using var tab = await browser.Open([], Browser.Stranger);
        var ordinary = new HttpTest("POST", Upload.Url(job)) { Status = 403, Body = [1] };
        HttpTest[] requests =
        [
            Upload.Download(job, photo.Media), Upload.Delete(job, photo.Media), Upload.CreateWith(job, _media, [1], 1),
            ordinary, ordinary.With("Upload-Complete", "?1"),
        ];

        var answers = await Task.WhenAll(
            requests.Select(request => tab.Run<PageAnswer>("ask", PageRequest.Of(request, _server))));
        var signedIn = await tab.Run<PageAnswer>(
            "ask", PageRequest.Of(requests[0], _server) with { Credentials = "include" });
        var unasked = await tab.Run<PageAnswer>("ask", PageRequest.Of(ordinary, _server) with { Mode = "no-cors" });

        Assert.All([.. answers, signedIn], answer => Assert.Equal("TypeError", answer.Error));
        Assert.Equal((0, 0, ""), (unasked.Status, unasked.Headers.Count, unasked.Body));
        Assert.Null(await tab.Run<string?>("hear", new { url = Feed(job), name = "media_stored" }));
        await batch.MustBeStored();
    }

    private Uri Feed(string job) => new(_server.Http, $"/jobs/{job}/activity");

    /// <summary>
    /// The page's script gets the answer and may read all of it, and the named headers are in it.
    /// </summary>
    private async Task<PageAnswer> Reads(Tab tab, HttpTest request, params string[] headers)
    {
        var answer = await tab.Ask(PageRequest.Of(request, _server));
        Assert.Null(answer.Error);
        Assert.Equal(request.Status, answer.Status);
        Assert.Equal(answer.Sent.Keys.Except(s_notForScripts).Order(), answer.Headers.Keys.Order());
        Assert.All(headers, header => Assert.Contains(header.ToLowerInvariant(), answer.Headers.Keys));
        return answer;
    }
}
