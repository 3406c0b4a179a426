using System.Net.Http.Headers;
using System.Text;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Http;

/// <summary>A file is what its bytes say, and its name is only a name.</summary>
[Collection(TusCollection.Name)]
public sealed class HostileFileTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Theory]
    [InlineData("<!DOCTYPE html><script>alert(1)</script>", "page.html", "text/html")]
    [InlineData("<!DOCTYPE html><script>alert(1)</script>", "photo.jpg", "image/jpeg")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "logo.svg", "image/svg+xml")]
    [InlineData("<?xml version='1.0'?><x/>", "x.xml", "application/xml")]
    [InlineData("alert(1)", "x.js", "text/javascript")]
    [InlineData("%PDF-1.7", "x.pdf", "application/pdf")]
    [InlineData("", "empty.jpg", "image/jpeg")]
    [InlineData("The mdat box of a film <script>alert(1)</script>", "notes.mov", "video/quicktime")]
    [InlineData("freewide skip ftyp moov", "notes.mp4", "video/mp4")]
    [InlineData("GIF89a is older than I am", "notes.gif", "image/gif")]
    [InlineData("RIFF and WEBP", "notes.webp", "image/webp")]
    public async Task What_is_no_picture_by_its_bytes_is_a_mere_attachment(string text, string filename, string type)
    {
        var answer = await Stored(Encoding.UTF8.GetBytes(text), filename, type);

        Assert.Equal("application/octet-stream", answer["Content-Type"]);
        Assert.StartsWith("attachment", answer["Content-Disposition"]);
        Assert.Equal("nosniff", answer["X-Content-Type-Options"]);
        Assert.Contains("sandbox", answer["Content-Security-Policy"]);
    }

    [Fact]
    public async Task A_photo_that_claims_to_be_a_page_is_a_photo()
    {
        var answer = await Stored(TestMedia.Photo(1), "page.html", "text/html");

        Assert.Equal("image/jpeg", answer["Content-Type"]);
    }

    /// <summary>All beginnings that are known: <c>MediaTypesTests</c>.</summary>
    [Theory]
    [InlineData("00000008776964650000590f6d646174000011ba69637066", "video/quicktime")]
    [InlineData("0000001866747970637278200000000163727820", "image/x-canon-cr3")]
    public async Task A_film_is_one_by_its_bytes(string beginning, string type)
    {
        var answer = await Stored(Convert.FromHexString(beginning), "page.html", "text/html");

        Assert.Equal(type, answer["Content-Type"]);
        Assert.StartsWith("inline", answer["Content-Disposition"]);
    }

    [Theory]
    [InlineData("roof south.jpg", "roof south.jpg")]
    [InlineData("Dach Süd.jpg", "Dach Süd.jpg")]
    [InlineData("屋根 📷.jpg", "屋根 📷.jpg")]
    [InlineData("100%.jpg", "100%.jpg")]
    [InlineData("a%0d%0ab.jpg", "a%0d%0ab.jpg")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("..\\..\\boot.ini", "boot.ini")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData("C:\\secret\\x.jpg", "x.jpg")]
    [InlineData("\"; filename=\"evil.exe", null)]
    [InlineData("a; filename=evil.exe", null)]
    [InlineData("con<script>.jpg", null)]
    [InlineData("..", null)]
    [InlineData("roof/..", null)]
    [InlineData(" . ", null)]
    [InlineData("", null)]
    public async Task Any_name_is_safe_to_save_under(string filename, string? expected)
    {
        var disposition = (await Stored(TestMedia.Photo(1), filename, "image/jpeg"))["Content-Disposition"]!;

        var parsed = ContentDispositionHeaderValue.Parse(disposition);
        var name = parsed.FileNameStar!;
        Assert.Equal(expected ?? name, name);
        Assert.NotEqual("", name.Trim('.', ' '));
        Assert.DoesNotContain(name, c => char.IsControl(c) || "/\\\":;<>|?*".Contains(c));
        Assert.All(disposition, c => Assert.InRange(c, ' ', '~'));
        Assert.Equal(["filename", "filename*"], parsed.Parameters.Select(p => p.Name));
    }

    private async Task<HttpAnswer> Stored(byte[] bytes, string filename, string type)
    {
        await Upload.CreateWith(_job, _media, bytes, bytes.Length, ("filename", filename), ("filetype", type))
            .Run(_server);
        return await Upload.Download(_job, _media).Run(_server);
    }
}
