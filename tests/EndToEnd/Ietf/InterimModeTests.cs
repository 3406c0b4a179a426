using OrleansIngest.EndToEnd.Api;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>
/// A server that is not told that 1xx answers reach its clients. In front of a
/// connection without TLS is a proxy, for phones insist on TLS; and some proxies break a
/// request that they get a 104 for.
/// </summary>
[Collection(ApiCollection.Name)]
public sealed class InterimModeTests(ApiServer fixture)
{
    private const int Length = 2_000_000;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    /// <summary>
    /// The bytes sent before the connection breaks. Their number tells the file on
    /// the server's disk from others.
    /// </summary>
    private readonly int _sent = Fresh.Length(700_000);

    public static TheoryData<string> OfPhones => Form.OfPhones;

    [Theory]
    [MemberData(nameof(OfPhones))]
    public async Task The_first_answer_is_the_one_that_counts(string version)
    {
        using var line = await Begin("POST", Upload.Url(_job), new Form(version), ("X-Forwarded-Proto", "https"));
        await line.Send(TestMedia.Bytes(Length));

        var answer = await line.ReadResponse();

        Assert.Equal(201, answer.Status);
        Assert.NotNull(answer["Upload-Receipt"]);
    }

    [Fact]
    public async Task Over_HTTP_2_as_well()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("file"), TestMedia.Bytes(Length));
        string[] send = ["-sS", "-v", "--http2-prior-knowledge", "-H", "Upload-Complete: ?1", "--data-binary", "@file"];
        var url = $"http://{_server.Grpc}{Upload.Url(_job)}";
        await using var curl = new ChildProcess("curl", [.. send, url], folder.Path);

        Assert.Equal(0, await Eventually.Comes("end of curl", curl.Ended));
        Assert.Single(curl.Errors.Split('\n'), line => line.StartsWith("< HTTP/2 ", StringComparison.Ordinal));
        Assert.Contains("< HTTP/2 201", curl.Errors);
    }

    /// <summary>A client that does not know where the upload is sends all of it again.</summary>
    [Fact]
    public async Task A_cut_leaves_nothing_of_a_file_whose_client_does_not_know_where_it_is()
    {
        using (var line = await Begin("POST", Upload.Url(_job), Form.Final, ("Expect", "100-continue")))
        {
            Assert.StartsWith("HTTP/1.1 100 ", await line.ReadHead()); // the server takes the body now
            await line.Send(TestMedia.Bytes(_sent));
        }

        await Form.Final.Create(_job, TestMedia.Bytes(Length), isLast: true).Run(_server);

        Assert.Single(await fixture.Grpc.ListAllMedia(_job));
    }

    [Fact]
    public async Task Who_chose_the_id_knows_where_it_is_and_goes_on()
    {
        var (url, file) = (Upload.Url(_job, _media), TestMedia.Bytes(Length));
        using (var line = await Begin("PUT", url, Form.Final))
        {
            await line.Send(file.AsMemory(0, _sent));
            await Eventually.True("all that was sent is here", () => _server.HasFileOf(_sent));
        }

        await Form.Final.Head(url, _sent, isComplete: false, Length).Run(_server);
        await Form.Final.Append(url, _sent, file[_sent..], isLast: true).Run(_server);

        Assert.Equal(file, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    /// <summary>The head of a creation that says that all of the file is its body.</summary>
    private async Task<RawConnection> Begin(
        string method, string url, Form form, params (string Name, object Value)[] more)
    {
        var line = await RawConnection.Open(_server);
        var headers = form.Create(_job, [], isLast: true).Headers.Select(header => (header.Key, (object)header.Value));
        await line.Send(method, url, [.. headers, ("Content-Length", Length), .. more]);
        return line;
    }
}
