using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

[Collection(TusCollection.Name)]
public sealed class CorsTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    public async Task A_named_page_may_do_everything(string method)
    {
        var answer = await Preflight(TusServer.Origin, method).Run(_server);

        Assert.Equal(TusServer.Origin, answer["Access-Control-Allow-Origin"]);
        Assert.Contains(method, answer["Access-Control-Allow-Methods"]!.Split(',', StringSplitOptions.TrimEntries));
        Assert.Contains("upload-offset", answer["Access-Control-Allow-Headers"]!, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("86400", answer["Access-Control-Max-Age"]);
        MaySignIn(answer);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://dashboard.example")]
    [InlineData("https://dashboard.example.evil.example")]
    [InlineData("null")]
    public async Task Any_other_page_may_do_nothing(string origin)
    {
        var preflight = await Preflight(origin, "PATCH").Run(_server);
        var created = await Upload.Create(Fresh.Job(), Fresh.Media(), 3).With("Origin", origin).Run(_server);

        Assert.All([preflight, created], answer =>
        {
            Assert.Null(answer["Access-Control-Allow-Origin"]);
            Assert.Null(answer["Access-Control-Allow-Credentials"]);
            Assert.Equal("Origin", answer["Vary"]);
        });
    }

    /// <summary>
    /// A cache must not give a program's answer to a page, which could not read it.
    /// </summary>
    [Fact]
    public async Task An_answer_to_a_program_says_that_a_page_would_get_another()
    {
        Assert.Equal("Origin", (await Upload.Create(Fresh.Job(), Fresh.Media(), 3).Run(_server))["Vary"]);
        Assert.Equal("Origin", (await new HttpTest("GET", "/nowhere") { Status = 404 }.Run(_server))["Vary"]);
    }

    [Fact]
    public async Task A_signed_in_page_may_read_every_answer()
    {
        var (job, media) = (Fresh.Job(), Fresh.Media());
        HttpTest[] requests =
        [
            Upload.CreateWith(job, media, [1], 1), Upload.Head(job, media, 1, 1), Upload.Download(job, media),
            Upload.Download(job, media).With("If-None-Match", $"\"{TestMedia.Sha256([1])}\"") with { Status = 304 },
            Upload.Download(job, media).With("Range", "bytes=9-").Refused(416, "range-not-satisfiable"),
            Upload.Download(job, Fresh.Media()).Refused(404, "media-not-found"),
            Upload.Patch(job, media, 9, [1]).Refused(409, "offset-mismatch"),
            Upload.Head(job, media, 1, 1).With("Tus-Resumable", "9").Refused(412, null),
            Upload.Download(job, media).With("Host", "evil.example").Refused(421, "forbidden-host"),
            new("GET", "/nowhere") { Status = 404 }, new("GET", "/healthz") { Status = 200 },
        ];

        foreach (var request in requests)
        {
            var answer = await request.With("Origin", TusServer.Origin).Run(_server);
            Assert.Equal(TusServer.Origin, answer["Access-Control-Allow-Origin"]);
            MaySignIn(answer);
        }
    }

    [Fact]
    public async Task A_named_page_may_read_what_the_protocols_say_and_the_receipt_and_the_hash()
    {
        var created = await Upload.CreateWith(Fresh.Job(), Fresh.Media(), [1], 1)
            .With("Origin", TusServer.Origin).Run(_server);

        MayBeRead(created, "Location", "Upload-Offset", "Upload-Receipt", "Repr-Digest");
        MayBeRead(created, "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm");
        MayBeRead(
            created, "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Concat", "Upload-Expires");
        MayBeRead(
            created,
            "Upload-Complete", "Upload-Incomplete", "Upload-Draft-Interop-Version", "Upload-Limit", "Accept-Patch");
    }

    [Fact]
    public async Task A_named_page_may_read_why_not()
    {
        var (job, media) = (Fresh.Job(), Fresh.Media());
        await Upload.Create(job, media, 3).Run(_server);

        var refused = await Upload.Patch(job, media, 2, [3])
            .Refused(409, "offset-mismatch").With("Origin", TusServer.Origin).Run(_server);

        MayBeRead(refused, "Upload-Offset", "Retry-After");
    }

    private static HttpTest Preflight(string origin, string method) => new("OPTIONS", "/files")
    {
        Headers =
        {
            ["Origin"] = origin,
            ["Access-Control-Request-Method"] = method,
            ["Access-Control-Request-Headers"] =
                "tus-resumable,upload-offset,upload-length,upload-metadata,content-type",
        },
        Status = 204,
    };

    private static void MaySignIn(HttpAnswer answer)
    {
        Assert.Equal("true", answer["Access-Control-Allow-Credentials"]);
        Assert.Equal("Origin", answer["Vary"]);
    }

    private static void MayBeRead(HttpAnswer answer, params string[] headers)
    {
        Assert.Equal(TusServer.Origin, answer["Access-Control-Allow-Origin"]);
        Assert.Subset(
            answer["Access-Control-Expose-Headers"]!.Split(',', StringSplitOptions.TrimEntries)
                .ToHashSet(StringComparer.OrdinalIgnoreCase),
            headers.ToHashSet());
    }
}
