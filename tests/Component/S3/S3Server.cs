using System.Diagnostics;
using Amazon.S3;
using OrleansIngest.Component.Tests.S3;
using OrleansIngest.Storage.S3.Buckets;

[assembly: AssemblyFixture(typeof(S3Server))]

namespace OrleansIngest.Component.Tests.S3;

/// <summary>
/// One real S3 server for all tests: Ceph, started by <c>eng/s3</c> when the first test needs it.
/// Each test has a prefix of its own.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    /// <summary>The bucket of all tests.</summary>
    public const string Bucket = "ingest";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ingest-s3-{Environment.ProcessId}");
    private readonly SemaphoreSlim _one = new(1);
    private Dictionary<string, string>? _environment;

    /// <summary>The settings of a store with a new prefix.</summary>
    internal async Task<S3Options> Options()
    {
        await _one.WaitAsync();
        try
        {
            _environment ??= await Start();
        }
        finally
        {
            _one.Release();
        }
        return new S3Options
        {
            Endpoint = new Uri(_environment["S3_ENDPOINT"]),
            AccessKey = _environment["S3_ACCESS_KEY"],
            SecretKey = _environment["S3_SECRET_KEY"],
            Bucket = Bucket,
            Prefix = $"{Guid.NewGuid():N}/",
        };
    }

    /// <summary>Makes the server unreachable; its data stay.</summary>
    internal Task StopGateway() => Run("gateway-stop");

    /// <summary>Makes the server reachable again.</summary>
    internal Task StartGateway() => Run("gateway-start");

    public async ValueTask DisposeAsync()
    {
        if (_environment is not null)
            await Run("stop");
        _one.Dispose();
    }

    private async Task<Dictionary<string, string>> Start()
    {
        var lines = (await Run("start")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var environment = lines.Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        using var client = new AmazonS3Client(
            environment["S3_ACCESS_KEY"], environment["S3_SECRET_KEY"],
            new AmazonS3Config { ServiceURL = environment["S3_ENDPOINT"], ForcePathStyle = true });
        await client.PutBucketAsync(Bucket);
        return environment;
    }

    private async Task<string> Run(string verb)
    {
        var start = new ProcessStartInfo(Path.Combine(Root(), "eng", "s3"), verb)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["S3_DIR"] = _folder;
        start.Environment["S3_PORT"] = $"{20_000 + (Environment.ProcessId % 1000 * 10)}";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(s_patience);
        Assert.True(process.ExitCode == 0, await error);
        return await output;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrleansIngest.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
