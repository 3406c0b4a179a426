using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Proxies;

/// <summary>
/// What a trusted proxy says of a request counts, and what any other
/// client says of itself does not.
/// </summary>
public sealed class ForwardedTests(ForwardedServer fixture) : IClassFixture<ForwardedServer>
{
    private const string PathBase = ForwardedServer.PathBase;

    private readonly IngestServer _server = fixture.Server;
    private readonly HttpClient _proxy = fixture.ThroughProxy();
    private readonly HttpClient _stranger = fixture.Direct();
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    private HttpTest Ordinary => new("POST", Upload.Url(_job)) { Body = [1, 2, 3], Status = 201 };

    [Theory]
    [InlineData("/ingest", "/ingest")]
    [InlineData("/a/b/", "/a/b")]
    [InlineData("//evil.example", "/evil.example")]
    [InlineData("/\\evil.example", "/%5Cevil.example")]
    [InlineData("/a%0d%0ab", "/a%0D%0Ab")]
    [InlineData("/", "")]
    [InlineData("evil.example", PathBase)]
    public async Task The_prefix_of_a_trusted_proxy_is_in_what_an_answer_names(string prefix, string named)
    {
        var create = Forwarded(Upload.Create(_job, _media, 3), ("Prefix", prefix)) with { Expected = [] };

        Assert.Equal(named + Upload.Url(_job, _media), (await create.Run(_server, _proxy))["Location"]);
    }

    [Fact]
    public async Task So_it_is_in_every_protocol()
    {
        var part = Form.Final.Create(_job, [1], isLast: false);
        var whole = Form.Final.Create(_job, [1, 2], isLast: true);
        foreach (var create in new[] { part, whole, Ordinary })
        {
            var created = await Forwarded(create, ("Prefix", "/ingest")).Run(_server, _proxy);
            Assert.StartsWith($"/ingest{Upload.Url(_job)}/", created["Location"]);
        }
    }

    [Fact]
    public async Task A_strangers_prefix_is_not()
    {
        var create = Forwarded(Upload.Create(_job, _media, 3), ("Prefix", "/ingest")) with { Expected = [] };

        Assert.Equal(PathBase + Upload.Url(_job, _media), (await create.Run(_server, _stranger))["Location"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(PathBase)]
    public async Task A_request_may_have_the_fixed_path_or_not(string path)
    {
        var create = Upload.Create(_job, _media, 3) with { Path = path + Upload.Url(_job), Expected = [] };
        var created = await create.Run(_server, _stranger);
        Assert.Equal(PathBase + Upload.Url(_job, _media), created["Location"]);

        await (Upload.Patch(_job, _media, 0, [1, 2, 3]) with { Path = created["Location"]! }).Run(_server, _stranger);
        await Upload.Download(_job, _media).Below(path).Run(_server, _stranger);
        await new HttpTest("GET", $"{path}/healthz") { Status = 200 }.Run(_server, _stranger);
    }

    [Theory]
    [InlineData("/FIELD/healthz")]
    [InlineData("/fieldhealthz")]
    [InlineData("/field/field/healthz")]
    [InlineData("/field")]
    public Task Another_path_is_not_the_fixed_one(string path) =>
        new HttpTest("GET", path) { Status = 404, Problem = "not-found" }.Run(_server, _stranger);

    [Theory]
    [InlineData("")]
    [InlineData(PathBase)]
    [InlineData("https://ingest.example")]
    [InlineData("https://ingest.example/another/path")]
    public async Task A_final_may_name_its_parts_by_whatever_path_leads_to_them(string before)
    {
        var parts = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var part = await (Upload.CreatePartial(_job, 1) with { Expected = [] }).Run(_server, _stranger);
            Assert.StartsWith($"{PathBase}{Upload.Url(_job)}/", part["Location"]);
            parts.Add(before + part["Location"]![PathBase.Length..]);
            await Upload.Patch(_job, Guid.Parse(parts[i].Split('/')[^1]), 0, [1]).Run(_server, _stranger);
        }

        var final = Upload.CreateFinal(_job, _media, parts) with { Expected = new() { ["Upload-Offset"] = "2" } };
        await final.Run(_server, _stranger);
    }

    [Fact]
    public async Task A_104_names_the_path_too()
    {
        using var line = await RawConnection.Open(_server);
        await line.Send("POST", Upload.Url(_job), ("Upload-Complete", "?1"), ("Content-Length", 2_000_000));

        var interim = await line.ReadResponse();

        Assert.StartsWith($"{PathBase}{Upload.Url(_job)}/", interim["Location"]);
    }

    [Fact]
    public async Task A_page_at_the_name_of_the_proxy_is_the_servers_own()
    {
        var page = Ordinary.With("Origin", "https://ingest.example").With("Host", "ingest.example");

        await Forwarded(page, ("Proto", "https")).Run(_server, _proxy);
        await Forwarded(page.With("Host", null), ("Proto", "https"), ("Host", "ingest.example")).Run(_server, _proxy);
        await Forwarded(page, ("Proto", "https")).Refused(403, "forbidden-origin").Run(_server, _stranger);
    }

    /// <summary>
    /// A page whose host name was made to point to the server (DNS rebinding) can send any header.
    /// </summary>
    [Fact]
    public async Task Neither_the_name_of_the_server_nor_that_of_the_proxy_may_be_another()
    {
        var refused = Ordinary.Refused(421, "forbidden-host");

        await Forwarded(refused, ("Host", "evil.example")).Run(_server, _proxy);
        await Forwarded(refused.With("Host", "evil.example"), ("Host", "localhost")).Run(_server, _proxy);
        await Forwarded(refused.With("Host", "evil.example"), ("Host", "localhost")).Run(_server, _stranger);
        await Forwarded(Ordinary, ("Host", "evil.example")).Run(_server, _stranger); // nobody asks what it says there
    }

    [Fact]
    public async Task The_clients_of_a_proxy_are_counted_by_their_own_addresses()
    {
        var crowd = Enumerable.Range(0, 40).Select(_ => Ask(_proxy, ForwardedServer.NewAddress()));
        Assert.DoesNotContain(429, await Task.WhenAll(crowd));

        var greedy = ForwardedServer.NewAddress();
        Assert.Contains(429, await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Ask(_proxy, greedy))));
    }

    /// <summary>
    /// Neither directly, nor through a proxy that adds the address to what the client made up.
    /// </summary>
    [Fact]
    public async Task Nobody_is_another_by_saying_so()
    {
        var (stranger, client) = (fixture.Direct(), ForwardedServer.NewAddress());

        var direct = Enumerable.Range(0, 200).Select(i => Ask(stranger, $"198.51.100.{i}"));
        Assert.Contains(429, await Task.WhenAll(direct));
        var through = Enumerable.Range(0, 200).Select(i => Ask(_proxy, $"198.51.100.{i}, {client}"));
        Assert.Contains(429, await Task.WhenAll(through));
    }

    /// <summary>A question about an upload that is not there, which is counted.</summary>
    private async Task<int> Ask(HttpClient client, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Upload.Url(_job, _media));
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }

    /// <summary>
    /// The same request with what a proxy adds. Each is from another
    /// client, so none sends too many.
    /// </summary>
    private static HttpTest Forwarded(HttpTest request, params (string Name, string Value)[] headers) =>
        headers.Aggregate(
            request.With("X-Forwarded-For", ForwardedServer.NewAddress()),
            (sum, header) => sum.With($"X-Forwarded-{header.Name}", header.Value));
}
