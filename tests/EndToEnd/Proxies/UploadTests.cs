using OrleansIngest.EndToEnd.Clients;
using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Proxies;

/// <summary>
/// Uploads through nginx and haproxy, at the server's own paths and below a path of the proxy's.
/// </summary>
[Collection(ProxyCollection.Name)]
public sealed class UploadTests(ProxyServer fixture)
{
    private const string Prefix = "/ingest";
    private const int Length = 700_000;

    /// <summary>What the server takes of metadata (Ingest:MaxMetadata).</summary>
    private const int MaxMetadata = 8 * 1024;

    /// <summary>Parts of the longest final.</summary>
    private const int MaxParts = 1000;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    public static TheoryData<string, int> Ways => ProxyServer.Ways;

    public static TheoryData<string, string> Places =>
        new() { { "nginx", "" }, { "nginx", Prefix }, { "haproxy", "" }, { "haproxy", Prefix } };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Tus_js_client_sends_a_file_whole_in_chunks_and_in_parts(string proxy, string prefix)
    {
        string[] ways = ["whole", "in chunks", "in parts", "in parts and chunks, each with its creation"];
        using var batch = new Batch(fixture, ways, Length);
        var files = batch.Files.Select((file, way) => new DeviceFile(file.Path, file.Metadata)
        {
            ChunkSize = way is 1 or 3 ? Length / 4 : null,
            Parts = way >= 2 ? 3 : 1,
            WithCreation = way == 3,
        });

        var endpoint = new Uri(fixture.Proxy(proxy).Entrance, prefix + Upload.Url(batch.Job));
        await using var device = await TusDevice.Start(endpoint, files);

        var results = await device.Done(s_patience);
        batch.MustBeDone(results);
        Assert.All(results, result => Assert.StartsWith($"{endpoint}/", result.Url));
        await batch.MustBeStored();
    }

    /// <summary>In one long request. Over HTTP/2 a 104 would break it in nginx.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_phone_sends_a_file(string proxy, int http)
    {
        var file = TestMedia.Bytes(3_000_000);

        var created = await new Form("6").Create(_job, file, isLast: true).Run(_server, fixture.Client(proxy, http));

        Assert.NotNull(created["Upload-Receipt"]);
        Assert.Equal(file, (await Media(created["Location"]!).Run(_server, fixture.Client(proxy, http))).Body);
        Assert.Single(await fixture.Grpc.ListAllMedia(_job));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_IETF_protocol_goes_on_below_the_path_of_the_proxy(string proxy, int http)
    {
        var (client, file) = (fixture.Client(proxy, http), TestMedia.Bytes(Length));

        var created = await Form.Final.Create(_job, file[..1000], isLast: false).Below(Prefix).Run(_server, client);
        var url = created["Location"]!;
        Assert.StartsWith($"{Prefix}/jobs/{_job}/uploads/", url);
        await Form.Final.Head(url, 1000, isComplete: false, length: null).Run(_server, client);
        var done = await Form.Final.Append(url, 1000, file[1000..], isLast: true).Run(_server, client);

        Assert.Equal(url, done["Location"]);
        Assert.Equal(file, (await Media(url).Run(_server, client)).Body);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_ordinary_request_stores_a_file(string proxy, int http)
    {
        var url = $"{Prefix}{Upload.Url(_job)}/roof.bin";
        var put = new HttpTest("PUT", url) { Body = TestMedia.Bytes(Length), Status = 201 };

        var stored = await put.Run(_server, fixture.Client(proxy, http));

        Assert.StartsWith($"{Prefix}/jobs/{_job}/uploads/", stored["Location"]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task HEAD_gives_the_longest_metadata_back(string proxy, int http)
    {
        var create = Upload.Create(_job, _media, 3, ("more", new string('m', (MaxMetadata * 3 / 4) - 50)));
        var metadata = create.Headers["Upload-Metadata"];
        Assert.InRange(metadata.Length, MaxMetadata - 30, MaxMetadata);
        await create.Run(_server, fixture.Client(proxy, http));
        var head = Upload.Head(_job, _media, 0, 3);
        head.Expected["Upload-Metadata"] = metadata;

        await head.Run(_server, fixture.Client(proxy, http));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_final_may_name_the_most_parts_with_their_longest_URLs(string proxy, int http)
    {
        var (client, job) = (fixture.Client(proxy, http), _job.PadRight(64, 'x'));
        var part = await Partial.Of(_server, job, [1, 2]);
        var url = $"{client.BaseAddress}{Prefix[1..]}{part.Url}";
        var create = Upload.CreateFinal(job, _media, Enumerable.Repeat(url, MaxParts));

        await create.Below(Prefix).Run(_server, client);

        var head = Upload.Head(job, _media, 2 * MaxParts, 2 * MaxParts);
        head.Expected["Upload-Concat"] = create.Headers["Upload-Concat"];
        await head.Below(Prefix).Run(_server, client);
    }

    private static HttpTest Media(string upload) =>
        new("GET", upload.Replace("/uploads/", "/media/", StringComparison.Ordinal)) { Status = 200 };
}
