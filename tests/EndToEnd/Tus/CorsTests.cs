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
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://dashboard.example")]
    [InlineData("https://dashboard.example.evil.example")]
    [InlineData("null")]
    public async Task Any_other_page_may_do_nothing(string origin)
    {
        Assert.Null((await Preflight(origin, "PATCH").Run(_server))["Access-Control-Allow-Origin"]);

        var created = await Upload.Create(Fresh.Job(), Fresh.Media(), 3).With("Origin", origin).Run(_server);
        Assert.Null(created["Access-Control-Allow-Origin"]);
    }

    [Fact]
    public async Task A_named_page_may_read_what_the_protocols_say_and_the_receipt_and_the_hash()
    {
        var created = await Upload.CreateWith(Fresh.Job(), Fresh.Media(), [1], 1).With("Origin", TusServer.Origin).Run(_server);

        MayBeRead(created, "Location", "Upload-Offset", "Upload-Receipt", "Repr-Digest");
        MayBeRead(created, "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm");
        MayBeRead(created, "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Concat", "Upload-Expires");
        MayBeRead(created, "Upload-Complete", "Upload-Incomplete", "Upload-Draft-Interop-Version", "Upload-Limit", "Accept-Patch");
    }

    [Fact]
    public async Task A_named_page_may_read_why_not()
    {
        var (job, media) = (Fresh.Job(), Fresh.Media());
        await Upload.Create(job, media, 3).Run(_server);

        var refused = await Upload.Patch(job, media, 2, [3]).Refused(409, "offset-mismatch").With("Origin", TusServer.Origin).Run(_server);

        MayBeRead(refused, "Upload-Offset", "Retry-After");
    }

    private static HttpTest Preflight(string origin, string method) => new("OPTIONS", "/files")
    {
        Headers =
        {
            ["Origin"] = origin,
            ["Access-Control-Request-Method"] = method,
            ["Access-Control-Request-Headers"] = "tus-resumable,upload-offset,upload-length,upload-metadata,content-type",
        },
        Status = 204,
    };

    private static void MayBeRead(HttpAnswer answer, params string[] headers)
    {
        Assert.Equal(TusServer.Origin, answer["Access-Control-Allow-Origin"]);
        Assert.Subset(
            answer["Access-Control-Expose-Headers"]!.Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.OrdinalIgnoreCase),
            headers.ToHashSet());
    }
}
