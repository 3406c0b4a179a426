using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Receipts;

/// <summary>The program of the tour (<c>docs/tour/verify.mjs</c>), as people run it.</summary>
[Collection(TusCollection.Name)]
public sealed class VerifyProgramTests(TusServer fixture) : IDisposable
{
    private const string Keys = "/.well-known/jwks.json";
    private readonly IngestServer _server = fixture.Server;
    private readonly TemporaryFolder _folder = new();

    private string KeysUrl => _server.Http.GetLeftPart(UriPartial.Authority) + Keys;

    [Fact]
    public async Task It_says_which_media_a_photo_is()
    {
        var media = Fresh.Media();
        var (photo, receipt) = await Stored(media);
        var keysFile = await Saved("jwks.json", (await new HttpTest("GET", Keys) { Status = 200 }.Run(_server)).Body);

        Assert.Contains(media.ToString(), await Verify(0, receipt, KeysUrl, photo));
        Assert.Contains(media.ToString(), await Verify(0, receipt, keysFile, photo));
    }

    [Fact]
    public async Task It_does_not_take_another_file_for_it()
    {
        var (photo, receipt) = await Stored(Fresh.Media());
        var bytes = await File.ReadAllBytesAsync(photo);
        bytes[^1] ^= 1;

        Assert.Contains("another file", await Verify(1, receipt, KeysUrl, await Saved("changed.jpg", bytes)));
        Assert.Contains("another file", await Verify(1, receipt, KeysUrl, await Saved("cut.jpg", bytes[..^1])));
    }

    [Fact]
    public async Task It_does_not_take_anything_else_for_a_receipt()
    {
        var (photo, receipt) = await Stored(Fresh.Media());
        var others = (await Stored(Fresh.Media())).Receipt.Split('.');
        var parts = receipt.Split('.');
        var noKeys = await Saved("jwks.json", """{"keys":[]}"""u8.ToArray());

        Assert.Contains("not signed", await Verify(1, $"{parts[0]}.{parts[1]}.{others[2]}", KeysUrl, photo));
        Assert.Contains("not signed", await Verify(1, receipt, noKeys, photo));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<(string Photo, string Receipt)> Stored(Guid media)
    {
        var bytes = TestMedia.Photo(13);
        var answer = await Upload.CreateWith(Fresh.Job(), media, bytes, bytes.Length).Run(_server);
        return (await Saved("photo.jpg", bytes), answer["Upload-Receipt"]!);
    }

    private async Task<string> Saved(string name, byte[] bytes)
    {
        await File.WriteAllBytesAsync(_folder.File(name), bytes);
        return _folder.File(name);
    }

    private static async Task<string> Verify(int code, params string[] arguments)
    {
        await using var node = new ChildProcess("node", ["verify.mjs", .. arguments], Paths.Tour);
        Assert.True(await Eventually.Comes("end of verify.mjs", node.Ended) == code, $"{node.Output}{node.Errors}");
        return node.Output;
    }
}
