using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Plain;

/// <summary>The real curl.</summary>
[Collection(TusCollection.Name)]
public sealed class CurlTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    [Fact]
    public async Task It_stores_a_file_at_the_address_that_the_server_prints_when_it_starts()
    {
        var name = $"{_job}.jpg";

        await Run($"curl -T photo.jpg {_server.Http}files/{name}", TestMedia.Photo(8));

        Assert.Contains(await fixture.Grpc.ListAllMedia("inbox"), media => media.Filename == name);
    }

    [Theory]
    [InlineData("curl -T photo.jpg")]
    [InlineData("curl --http2-prior-knowledge -T photo.jpg")]
    [InlineData("curl -X POST --data-binary @photo.jpg")]
    [InlineData("curl -X POST --data-binary @photo.jpg -H 'Content-Type: image/jpeg'")]
    [InlineData("curl -X POST --data-binary @photo.jpg -H 'Transfer-Encoding: chunked'")]
    [InlineData("cat photo.jpg | curl -T - -H 'Content-Disposition: inline; filename=photo.jpg'")]
    public async Task It_stores_a_file(string command)
    {
        var photo = TestMedia.Photo(7);
        var server = command.Contains("http2", StringComparison.Ordinal) ? $"http://{_server.Grpc}" : _server.Http.GetLeftPart(UriPartial.Authority);

        await Run($"{command} {server}{Upload.Url(_job)}/", photo);

        var media = Assert.Single(await fixture.Grpc.ListAllMedia(_job));
        Assert.Equal(photo, (await Upload.Download(_job, Guid.Parse(media.Media_)).Run(_server)).Body);
    }

    private static async Task Run(string command, byte[] photo)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("photo.jpg"), photo);
        await using var curl = new ChildProcess("sh", ["-c", $"{command} -sS -f -w '%{{http_code}}'"], folder.Path);

        Assert.Equal(0, await Eventually.Comes("end of curl", curl.Ended));
        Assert.Equal("201", curl.Output);
    }
}
