using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Plain;

/// <summary>The real curl.</summary>
[Collection(TusCollection.Name)]
public sealed class CurlTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;

    [Fact]
    public async Task It_stores_a_file_at_the_address_that_the_server_prints_when_it_starts()
    {
        var name = $"{Fresh.Job()}.jpg";
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("photo.jpg"), TestMedia.Photo(8));

        await using var curl = new ChildProcess("curl", ["-sS", "-f", "-T", "photo.jpg", $"{_server.Http}files/{name}"], folder.Path);

        Assert.Equal(0, await Eventually.Comes("end of curl", curl.Ended));
        Assert.Contains(await fixture.Grpc.ListAllMedia("inbox"), media => media.Filename == name);
    }
}
