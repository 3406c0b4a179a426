using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Proxies;

/// <summary>haproxy passes 104s on, so the server may send them (<c>Interim=on</c>).</summary>
[Collection(TusCollection.Name)]
public sealed class InterimTests(TusServer fixture) : IDisposable
{
    private const int Length = 3_000_000;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("--http1.1", "< HTTP/1.1 104")]
    [InlineData("--http2", "< HTTP/2 104")]
    public async Task A_client_behind_haproxy_hears_where_its_upload_is_and_goes_on(string http, string interim)
    {
        await using var haproxy = await Proxy.Haproxy(_server.Http.Authority, _server.Grpc);
        var file = TestMedia.Bytes(Length);
        await File.WriteAllBytesAsync(_folder.File("file"), file);
        var url = "";
        await using (var cut = Curl(haproxy, http, Upload.Url(_job)))
        {
            await Eventually.True(
                "curl hears where the upload is", () => (url = LocationAfter(interim, cut.Errors)).Length > 0);
        }

        var client = haproxy.Client(new Version(1, 1));
        var where = await (Form.Final.Head(url, 0, false, null) with { Expected = [] }).Run(_server, client);
        var offset = int.Parse(where["Upload-Offset"]!);
        await Form.Final.Append(url, offset, file[offset..], isLast: true).Run(_server, client);

        Assert.Equal(file, (await Upload.Download(_job, Guid.Parse(url.Split('/')[^1])).Run(_server)).Body);
    }

    public void Dispose() => _folder.Dispose();

    private ChildProcess Curl(Proxy proxy, string http, string path)
    {
        string[] how = ["-sS", "-v", http, "--cacert", ProxyCertificate.File, "--limit-rate", "500k"];
        string[] what = ["-H", "Upload-Complete: ?1", "--data-binary", "@file"];
        return new ChildProcess("curl", [.. how, .. what, new Uri(proxy.Entrance, path).AbsoluteUri], _folder.Path);
    }

    /// <summary>Where the upload is, once an answer that begins so has said it.</summary>
    private static string LocationAfter(string answer, string said)
    {
        const string header = "< location: ";
        var lines = said.Split('\n').SkipWhile(line => !line.StartsWith(answer, StringComparison.Ordinal));
        var location = lines.FirstOrDefault(line => line.StartsWith(header, StringComparison.OrdinalIgnoreCase));
        return location?[header.Length..].Trim() ?? "";
    }
}
