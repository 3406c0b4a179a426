using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>
/// The protocol over HTTP/2, with the real curl, which shows the interim answers that it gets.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class Http2Tests : IDisposable
{
    private const string Seen = "< HTTP/2 104";
    private const int Length = 3_000_000;

    private readonly IngestServer _server;
    private readonly string _job = Fresh.Job();
    private readonly byte[] _file = TestMedia.Bytes(Length);
    private readonly TemporaryFolder _folder = new();

    public Http2Tests(TusServer fixture)
    {
        _server = fixture.Server;
        File.WriteAllBytes(_folder.File("file"), _file);
    }

    public static TheoryData<string> OfPhones => Form.OfPhones;

    [Theory]
    [MemberData(nameof(OfPhones))]
    public async Task A_file_whose_line_is_cut_goes_on_where_it_was(string version)
    {
        var form = new Form(version);
        string url;
        await using (var cut = Curl(form.Create(_job, [], isLast: true), "--limit-rate 500k --data-binary @file"))
        {
            await Eventually.True("curl hears where the upload is", () => Header(cut, Seen, "location") is not null);
            url = Header(cut, Seen, "location")!;
            Assert.Equal(form.Version, Header(cut, Seen, "upload-draft-interop-version"));
        }

        var where = await (form.Head(url, 0, false, null) with { Expected = [] }).Run(_server);
        var offset = long.Parse(where["Upload-Offset"]!);
        await File.WriteAllBytesAsync(_folder.File("rest"), _file[(int)offset..]);
        await using var rest = Curl(form.Append(url, offset, [], isLast: true), "--data-binary @rest");

        Assert.Equal(0, await Eventually.Comes("end of curl", rest.Ended));
        Assert.Contains("< HTTP/2 201", rest.Errors, StringComparison.Ordinal);
        Assert.Equal(_file, (await Upload.Download(_job, Guid.Parse(url.Split('/')[^1])).Run(_server)).Body);
    }

    [Fact]
    public async Task Many_streams_of_a_connection_hear_each_of_its_own()
    {
        const string answer = "< HTTP/2 201";
        var files = string.Join(
            " --next ",
            Enumerable.Range(0, 8)
                .Select(_ => $"{Url()} -H 'Upload-Complete: ?1' --data-binary @file --http2-prior-knowledge"));
        await using var curl = new ChildProcess(
            "sh", ["-c", $"curl -sS -v --no-progress-meter --parallel --parallel-immediate {files}"], _folder.Path);

        Assert.Equal(0, await Eventually.Comes("end of curl", curl.Ended));
        var lines = curl.Errors.Split('\n');
        Assert.Equal(8, lines.Count(line => line.StartsWith(Seen, StringComparison.Ordinal)));
        Assert.Equal(8, lines.Count(line => line.StartsWith(answer, StringComparison.Ordinal)));
        var places = lines.Where(line => line.StartsWith("< location:", StringComparison.Ordinal))
            .GroupBy(line => line).ToList();
        Assert.Equal(8, places.Count);
        Assert.All(places, place => Assert.Equal(2, place.Count()));
    }

    public void Dispose() => _folder.Dispose();

    private string Url() => $"http://{_server.Grpc}{Upload.Url(_job)}";

    private ChildProcess Curl(HttpTest request, string options)
    {
        var headers = string.Concat(request.Headers.Select(header => $"-H '{header.Key}: {header.Value}' "));
        var url = $"http://{_server.Grpc}{request.Path}";
        var curl = $"exec curl -sS -v --http2-prior-knowledge -X {request.Method} {headers} {options} {url}";
        return new("sh", ["-c", curl], _folder.Path);
    }

    /// <summary>A header of the first answer that begins so.</summary>
    private static string? Header(ChildProcess curl, string answer, string name) => curl.Errors.Split('\n')
        .SkipWhile(line => !line.StartsWith(answer, StringComparison.Ordinal))
        .FirstOrDefault(line => line.StartsWith($"< {name}: ", StringComparison.Ordinal))?[$"< {name}: ".Length..]
        .Trim();
}
