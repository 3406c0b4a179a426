using System.Text.Json;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Http;

/// <summary>
/// A head that Kestrel refuses is answered with a reason, although none of the server's
/// own code has seen the request.
/// </summary>
public sealed class HeadTests(HeadTests.HeadServer fixture) : IClassFixture<HeadTests.HeadServer>
{
    private const int Longest = 256 * 1024;
    private const int MaxLines = 100;
    private const int MaxLong = 1024;

    private readonly IngestServer _server = fixture.Server;

    [Fact]
    public async Task The_longest_head_is_taken() =>
        await Ask(("X-Long", new string('x', Longest - 1000))).Run(_server);

    [Theory]
    [InlineData(Longest + 1)]
    [InlineData(Longest * 2 - 1000)]
    public async Task A_longer_one_is_told_why(int length)
    {
        var refused = await Ask(("X-Long", new string('x', length))).Refused(431, "head-too-long").Run(_server);

        Assert.Equal(Longest.ToString(), refused.Member("maxHead"));
        Assert.Equal("close", refused["Connection"]);
    }

    [Fact]
    public async Task Too_many_lines_are_told_why() =>
        await Ask(Lines(MaxLines + 1)).Refused(431, "head-too-long").Run(_server);

    [Fact]
    public async Task So_it_is_on_HTTP_2()
    {
        Assert.Equal(
            200,
            (await AskHttp2(("x-long", new string('x', Longest - 1000))))
                .GetProperty("head").GetProperty(":status").GetInt32());
        MustBeTooLong(await AskHttp2(("x-long", new string('x', Longest + 1))));
        MustBeTooLong(await AskHttp2(Lines(MaxLines + 1)));
    }

    [Theory]
    [InlineData("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nno colon\r\n\r\n", 400)]
    [InlineData("GET /readyz HTTP/1.1\r\n\r\n", 400)]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET /readyz HTTP/7.0\r\n\r\n", 505)]
    public async Task A_malformed_one_is_told_why(string head, int status)
    {
        using var line = await RawConnection.Open(_server);
        await line.Send(head);

        var answer = await line.ReadUntil(_ => false);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Contains("\r\nContent-Type: application/problem+json\r\n", answer);
        var problem = JsonDocument.Parse(answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]).RootElement;
        Assert.Equal(
            (Problems.Type("malformed-request"), status),
            (problem.GetProperty("type").GetString(), problem.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task While_many_are_connected_only_those_who_came_first_may_send_long_heads()
    {
        var @long = ("X-Long", new string('x', 40 * 1024));
        var lines = new List<RawConnection>();
        for (var i = 0; i < MaxLong; i++)
            lines.Add(await RawConnection.Open(_server));

        await Eventually.True("there are too many", async () =>
        {
            using var answer = await (Ask(@long) with { Status = 0 }).Send(_server);
            return (int)answer.StatusCode == 503;
        });
        await Ask(@long).Refused(503, "unavailable").Run(_server);
        await Ask(("X-Long", new string('x', 20 * 1024))).Run(_server);
        await lines[0].Send("GET", "/readyz", @long);
        Assert.StartsWith("HTTP/1.1 200 ", await lines[0].ReadHead());

        lines.ForEach(line => line.Dispose());
        await Eventually.True("there is room again", async () =>
        {
            using var answer = await (Ask(@long) with { Status = 0 }).Send(_server);
            return answer.IsSuccessStatusCode;
        });
    }

    private static HttpTest Ask(params IEnumerable<(string Name, string Value)> headers) =>
        new("GET", "/readyz")
        {
            Headers = headers.ToDictionary(header => header.Name, header => header.Value),
            Status = 200
        };

    private static IEnumerable<(string Name, string Value)> Lines(int count) =>
        Enumerable.Range(0, count).Select(i => ($"x-line-{i}", "x"));

    private async Task<JsonElement> AskHttp2(params IEnumerable<(string Name, string Value)> headers)
    {
        await using var node = new ChildProcess("node", ["http2head.mjs", _server.Grpc], Paths.Node);
        await node.Say(JsonSerializer.Serialize(Ask(headers).Headers));
        node.CloseInput();
        Assert.True(await Eventually.Comes("answer over HTTP/2", node.Ended) == 0, node.Errors);
        return JsonDocument.Parse(node.Output).RootElement;
    }

    private static void MustBeTooLong(JsonElement answer)
    {
        Assert.Equal(431, answer.GetProperty("head").GetProperty(":status").GetInt32());
        Assert.Equal(
            Problems.Type("head-too-long"),
            JsonDocument.Parse(answer.GetProperty("body").GetString()!).RootElement.GetProperty("type").GetString());
    }

    public sealed class HeadServer() : ServerFixture("Durability=process");
}
