using System.Security.Cryptography;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>
/// What cannot be meant is refused with one sentence and exit code 2, before anything has started.
/// </summary>
public sealed class WrongConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("--Ingest:MaxUploadSize=huge", "MaxUploadSize")]
    [InlineData("--Ingest:MaxUploadSize=", "MaxUploadSize")]
    [InlineData("--Ingest:MaxUploadSize=0", "MaxUploadSize")]
    [InlineData("--Ingest:MaxUploadSize=-5MB", "MaxUploadSize")]
    [InlineData("--Ingest:SegmentSize=0", "SegmentSize")]
    [InlineData("--Ingest:SegmentSize=3GiB", "SegmentSize")]
    [InlineData("--Ingest:DiskReserve=some", "DiskReserve")]
    [InlineData("--Ingest:DiskReserve=-1", "DiskReserve")]
    [InlineData("--Ingest:ScrubRate=fast", "ScrubRate")]
    [InlineData("--Ingest:MaxMetadata=0", "MaxMetadata")]
    [InlineData("--Ingest:MaxMetadata=17KiB", "MaxMetadata")]
    [InlineData("--Ingest:MaxJobMedia=-1", "MaxJobMedia")]
    [InlineData("--Ingest:MaxJobSize=much", "MaxJobSize")]
    [InlineData("--Ingest:MaxOpenUploads=-1", "MaxOpenUploads")]
    [InlineData("--Ingest:MaxRequestsPerSecond=-1", "MaxRequestsPerSecond")]
    [InlineData("--Ingest:MaxRequestsPerSecond=2.5", "MaxRequestsPerSecond")]
    [InlineData("--Ingest:JpegOnlyJobs=site-*,a b", "a b")]
    [InlineData("--Ingest:JpegOnlyJobs=*-site", "JpegOnlyJobs")]
    [InlineData("--Ingest:CorsOrigins=office.example", "CorsOrigins")]
    [InlineData("--Ingest:CorsOrigins=https://office.example,*", "CorsOrigins")]
    [InlineData("--Ingest:MaxConnections=0", "MaxConnections")]
    [InlineData("--Ingest:MaxConnections=many", "MaxConnections")]
    [InlineData("--Ingest:Durability=maybe", "Durability")]
    [InlineData("--Ingest:Durability=7", "Durability")]
    [InlineData("--Ingest:Interim=sometimes", "Interim")]
    [InlineData("--Ingest:Interim=3", "auto, on or off")]
    [InlineData("--Ingest:TrustedProxies=127.0.0.1,proxy.example", "proxy.example")]
    [InlineData("--Ingest:TrustedProxies=10.0.3.0/33", "10.0.3.0/33")]
    [InlineData("--Ingest:PathBase=ingest", "PathBase")]
    [InlineData("--Ingest:PathBase=//evil.example", "PathBase")]
    [InlineData("--Ingest:PathBase=/a?b", "PathBase")]
    [InlineData("--Ingest:UploadExpiry=soon", "UploadExpiry")]
    [InlineData("--Ingest:UploadExpiry=-1", "UploadExpiry")]
    [InlineData("--Ingest:Open=perhaps", "Open")]
    [InlineData("--Ingest:Http=nonsense", "Ingest:Http")]
    [InlineData("--Ingest:Http=https://127.0.0.1:5080", "Ingest:Http")]
    [InlineData("--Ingest:Http=http://127.0.0.1:99999", "Ingest:Http")]
    [InlineData("--Ingest:Http=http://some.example:5080", "Ingest:Http")]
    [InlineData("--Ingest:Http=http://0.0.0.0:5080", "Ingest:Open=true")]
    [InlineData("--Ingest:Grpc=http://*:5081", "Ingest:Open=true")]
    [InlineData("--Ingest:Grpc=http://192.0.2.1:5081", "Ingest:Open=true")]
    [InlineData("--Ingest:OtlpEndpoint=collector:4317", "OtlpEndpoint")]
    [InlineData("--Ingest:OtlpEndpoint=127.0.0.1", "OtlpEndpoint")]
    [InlineData("--Ingest:DataDir=", "DataDir")]
    public async Task One_sentence_names_what_is_wrong(string argument, string named) => await Refused(named, argument);

    [Fact]
    public async Task A_data_folder_that_cannot_be_is_named()
    {
        var file = _folder.File("a-file");
        await File.WriteAllTextAsync(file, "");

        await Refused(file, $"--Ingest:DataDir={file}");
        await Refused(file, $"--Ingest:DataDir={file}/below");
    }

    [Fact]
    public async Task A_data_folder_of_a_running_server_is_refused_and_the_server_is_not_disturbed()
    {
        await using var server = await IngestServer.Start();

        await Refused(server.DataDir, $"--Ingest:DataDir={server.DataDir}");

        await new HttpTest("GET", "/readyz") { Status = 200 }.Run(server);
        await Upload.CreateWith("roof-7", Fresh.Media(), [1, 2], 2).Run(server);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var server = await IngestServer.Start();

        await Refused(server.Http.Port.ToString(), $"--Ingest:Http={server.Http}");
        await Refused(server.Grpc.Split(':')[1], $"--Ingest:Grpc=http://{server.Grpc}");
    }

    [Fact]
    public async Task A_key_of_receipts_that_is_none_is_named_and_left_alone()
    {
        using var good = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var ofAnotherCurve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var file = Path.Combine(Directory.CreateDirectory(_folder.File("data")).FullName, "receipt-key.pem");
        string[] wrong =
        [
            "", "no key", good.ExportSubjectPublicKeyInfoPem(), ofAnotherCurve.ExportPkcs8PrivateKeyPem(), Broken(good)
        ];
        foreach (var pem in wrong)
        {
            await File.WriteAllTextAsync(file, pem);

            await Refused(file, "--Ingest:Open=false");

            Assert.Equal(pem, await File.ReadAllTextAsync(file));
        }
    }

    [Fact]
    public async Task A_key_of_receipts_that_cannot_be_read_is_named()
    {
        var key = Directory.CreateDirectory(Path.Combine(_folder.File("data"), "receipt-key.pem")).FullName;

        await Refused(key, "--Ingest:Open=false");
    }

    public void Dispose() => _folder.Dispose();

    private static string Broken(ECDsa key) =>
        key.ExportPkcs8PrivateKeyPem().Replace("MIGH", "MIGG", StringComparison.Ordinal);

    [Theory]
    [InlineData("somewhere")]
    [InlineData("after-sync:never")]
    [InlineData("after-sync:0")]
    public async Task A_point_to_die_at_that_does_not_exist_is_named(string point) =>
        await Refused("INGEST_KILL_AT", "--Ingest:Open=false", KeyValuePair.Create("INGEST_KILL_AT", point));

    private Task Refused(string named, string argument, params KeyValuePair<string, string>[] environment) =>
        RefusedStart.Run(_folder, named, argument, environment);
}
